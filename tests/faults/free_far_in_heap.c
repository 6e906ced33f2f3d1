/* Beside a block, where none ever was. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64);
    free(p + (64 << 20)); /* @bad */
    free(p);
    return 0;
}

/* An address inside a block. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p + 16);         /* @bad */
    free(p);
    return 0;
}

/* Another status for errors. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);
    free(p);
    free(p);
    return 0;
}

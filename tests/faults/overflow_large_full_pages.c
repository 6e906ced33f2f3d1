/* A block that fills its pages to the last byte still has a canary. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(74 * 4096); /* @alloc */
    p[74 * 4096] = 0;
    free(p); /* @free */
    return 0;
}

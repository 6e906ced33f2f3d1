/* reallocarray from nothing allocates. */
#define _GNU_SOURCE
#include <stdlib.h>

int main(void)
{
    short *p = reallocarray(NULL, 5, sizeof *p); /* @alloc */
    p[5] = 0;
    free(p); /* @free */
    return 0;
}

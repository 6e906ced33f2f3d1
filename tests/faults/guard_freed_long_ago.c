/* A released block that stands at a guard is known long after its release, whatever came since. */
#include <stdlib.h>

int main(void)
{
    volatile char *stale = malloc(32); /* @alloc */
    free((void *)stale);               /* @free */
    for (int i = 0; i < 50000; i++) {
        volatile char *other = malloc(32);
        other[0] = 1;
        free((void *)other);
    }
    stale[5] = 77; /* @late */
    return 0;
}

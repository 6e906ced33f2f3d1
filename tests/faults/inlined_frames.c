/* A function inlined into main is a frame of its own. */
#include <stdlib.h>

static inline __attribute__((always_inline)) void release(void *p)
{
    free(p); /* @bad */
}

int main(void)
{
    char *p = malloc(24); /* @alloc */
    free(p);              /* @free */
    release(p);           /* @call */
    return 0;
}

/* Where the kernel has no guards of its own, or may not use them. */
#include <stdlib.h>

static volatile char sink;

int main(void)
{
    volatile char *p = malloc(40000); /* @alloc */
    sink = p[40000];                  /* @read */
    free((void *)p);
    p = malloc(2000000);  /* @alloc_other */
    p[2000000 + 100] = 1; /* @write */
    free((void *)p);      /* @free */
    sink = p[1000];       /* @late */
    return 0;
}

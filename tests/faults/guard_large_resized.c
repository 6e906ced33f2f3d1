/* Blocks that were resized: in place the guard moves to the end of the last page, with canary up to
 * it; what a smaller one gave up is guard. */
#include <stdlib.h>

int main(void)
{
    volatile char *p = malloc(100000);
    p = realloc((void *)p, 106496); /* @grow */
    size_t page = 4096 - ((size_t)p + 106496) % 4096;
    p[106496 + page] = 1; /* @past */
    volatile char *q = malloc(200000);
    q = realloc((void *)q, 60000); /* @shrink */
    q[100000] = 1;                 /* @given_up */
    free((void *)p);
    free((void *)q);
    return 0;
}

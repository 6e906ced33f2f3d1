/* Before the start of large blocks: the byte before where they stand at that side, and a page
 * before, where there is a guard in any case. */
#include <stdlib.h>

static volatile char sink;

int main(void)
{
    volatile char *p = malloc(50001); /* @alloc */
    sink = p[-1];                     /* @byte */
    volatile char *q = malloc(70000); /* @alloc_other */
    q[-4096] = 1;                     /* @page */
    free((void *)p);
    free((void *)q);
    return 0;
}

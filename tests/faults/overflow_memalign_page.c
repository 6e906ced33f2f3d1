/* Aligned to a page. */
#include <malloc.h>
#include <stdlib.h>

int main(void)
{
    char *p = memalign(4096, 4096); /* @alloc */
    p[4096] = 0;
    free(p); /* @free */
    return 0;
}

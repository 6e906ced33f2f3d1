/* Without guards large blocks have canaries, and late writes are looked for as ever. */
#include <stdlib.h>

int main(void)
{
    volatile char *p = malloc(50000); /* @alloc */
    p[50000] = 1;
    free((void *)p); /* @free */
    p[10] = 1;
    return 0;
}

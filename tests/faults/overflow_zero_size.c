/* A block of no bytes has room for none. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(0); /* @alloc */
    p[0] = 0;
    free(p); /* @free */
    return 0;
}

/* A block that shrank in place ends where it was told to. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(100);
    p = realloc(p, 50); /* @alloc */
    p[50] = 0;
    free(p); /* @free */
    return 0;
}

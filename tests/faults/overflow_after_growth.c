/* A block that grew has its canary at the new end. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(50);
    p = realloc(p, 200000);
    p = realloc(p, 900001); /* @alloc */
    p[900001] = 0;
    free(p); /* @free */
    return 0;
}

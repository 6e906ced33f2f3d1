/* Found when the damaged block is resized, and not told again at its release. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    p[24] = 0;
    p = realloc(p, 4000); /* @realloc */
    free(p);
    return 0;
}

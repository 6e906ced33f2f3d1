/* One byte past the end, found when the block is freed. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    p[24] = 0;
    free(p); /* @free */
    return 0;
}

/* calloc's size is count times size, not rounded. */
#include <stdlib.h>

int main(void)
{
    char *p = calloc(3, 7); /* @alloc */
    p[21] ^= 1;
    free(p); /* @free */
    return 0;
}

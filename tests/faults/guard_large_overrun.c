/* A loop that runs over the end by three pages is told once, where it began, and not again at the
 * release. */
#include <stdlib.h>

int main(void)
{
    size_t size = 50001;
    volatile char *p = malloc(size); /* @alloc */
    for (size_t i = 0; i < size + 3 * 4096; i++) {
        p[i] = 1; /* @write */
    }
    free((void *)p);
    return 0;
}

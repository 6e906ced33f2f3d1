/* A reader of freed or fresh memory that looks for a zero finds one soon. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (size_t size = 8; size < 400000; size = size * 3 / 2 + 1) {
        char *p = malloc(size);
        volatile size_t fresh = strlen(p);
        memset(p, 'x', size);
        free(p);
        volatile size_t freed = strlen(p);
        if (fresh > size + 4096 || freed > size) {
            return 1;
        }
    }
    return 0;
}

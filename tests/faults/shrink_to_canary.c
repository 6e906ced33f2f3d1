/* Writing right up to the new end of a resized block is fine, each byte of it. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (size_t size = 1; size < 3000; size += 3) {
        char *p = malloc(3000);
        p = realloc(p, size);
        memset(p, 0, size);
        p = realloc(p, size + 1);
        memset(p, 0, size + 1);
        free(p);
    }
    return 0;
}

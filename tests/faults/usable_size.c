/* malloc_usable_size is the size asked for: filling it is never an error. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (size_t size = 0; size < 5000; size++) {
        char *p = malloc(size);
        if (malloc_usable_size(p) != size) {
            return 1;
        }
        memset(p, 0, malloc_usable_size(p));
        free(p);
    }
    char *p = aligned_alloc(64, 1000);
    p = realloc(p, 300001);
    int exact = malloc_usable_size(p) == 300001 && malloc_usable_size(NULL) == 0;
    free(p);
    return exact ? 0 : 2;
}

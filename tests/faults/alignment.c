/* Every block is aligned to 16 bytes, and more where asked. */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

static int aligned(void *p, size_t to)
{
    int yes = p != NULL && (uintptr_t)p % to == 0;
    free(p);
    return yes;
}

int main(void)
{
    for (size_t size = 0; size < 3000; size += 7) {
        if (!aligned(malloc(size), 16) || !aligned(calloc(1, size), 16) ||
            !aligned(realloc(malloc(5), size + 1), 16)) {
            return 1;
        }
    }
    for (size_t to = 8; to <= (size_t)4 << 20; to *= 2) {
        void *at = NULL;
        if (!aligned(memalign(to, 100), to) || !aligned(aligned_alloc(to, to), to) ||
            posix_memalign(&at, to, 3 * to) != 0 || !aligned(at, to)) {
            return 2;
        }
    }
    return aligned(valloc(10), 4096) && aligned(pvalloc(10), 4096) ? 0 : 3;
}

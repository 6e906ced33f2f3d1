/* A library's own allocator gives out what lies behind its 8 bytes of length. */
#include <stdint.h>
#include <stdlib.h>

#include "forget.h"

static void *volatile kept;

__attribute__((noinline)) static void *allocate(uint64_t size)
{
    uint64_t *block = malloc(size + 8);
    block[0] = size;
    return block + 1;
}

int main(void)
{
    kept = allocate(100);
    forget();
    return 0;
}

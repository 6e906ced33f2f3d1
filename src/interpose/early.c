#include "interpose/early.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/align.h"

enum { STORE_BYTES = 256 * 1024 };

static _Alignas(64) char store[STORE_BYTES];
static atomic_size_t used;

/* Touched only as far as it is used. Each block follows a word that holds its size. */
void *early_alloc(size_t size, size_t alignment)
{
    alignment = alignment < 16 ? 16 : alignment;
    size_t before = atomic_load(&used), start;
    do {
        start = align_up((uintptr_t)store + before + sizeof(size_t), alignment) - (uintptr_t)store;
        if (alignment > STORE_BYTES || size > STORE_BYTES || start + size > STORE_BYTES) {
            errno = ENOMEM;
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&used, &before, start + size));
    ((size_t *)(store + start))[-1] = size;
    return store + start;
}

bool early_owns(const void *pointer)
{
    return (uintptr_t)pointer - (uintptr_t)store < STORE_BYTES;
}

size_t early_size(const void *pointer)
{
    return ((const size_t *)pointer)[-1];
}

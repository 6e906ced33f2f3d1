#include "interpose/early.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/align.h"

_Alignas(64) char early_store[EARLY_STORE_BYTES];
static atomic_size_t used;

/* Touched only as far as it is used. Each block follows a word that holds its size. */
void *early_alloc(size_t size, size_t alignment)
{
    alignment = alignment < 16 ? 16 : alignment;
    size_t before = atomic_load(&used), start;
    do {
        start = align_up((uintptr_t)early_store + before + sizeof(size_t), alignment) -
                (uintptr_t)early_store;
        if (alignment > EARLY_STORE_BYTES || size > EARLY_STORE_BYTES ||
            start + size > EARLY_STORE_BYTES) {
            errno = ENOMEM;
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&used, &before, start + size));
    ((size_t *)(early_store + start))[-1] = size;
    return early_store + start;
}

size_t early_size(const void *pointer)
{
    return ((const size_t *)pointer)[-1];
}

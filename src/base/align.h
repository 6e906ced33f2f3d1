/* Alignment and powers of two. No state. */
#ifndef BASE_ALIGN_H
#define BASE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool is_power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* `to` is a power of two; the sum must not overflow. */
static inline uintptr_t align_up(uintptr_t n, size_t to)
{
    return (n + to - 1) & ~(uintptr_t)(to - 1);
}

static inline uintptr_t align_down(uintptr_t n, size_t to)
{
    return n & ~(uintptr_t)(to - 1);
}

/* Position of the highest bit; n > 0. */
static inline unsigned log2_floor(size_t n)
{
    return 63u - (unsigned)__builtin_clzl(n);
}

static inline unsigned log2_ceil(size_t n)
{
    return n <= 1 ? 0 : log2_floor(n - 1) + 1;
}

#endif

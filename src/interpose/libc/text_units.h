/* Characters in bytes, for functions that count in either. */
#ifndef INTERPOSE_LIBC_TEXT_UNITS_H
#define INTERPOSE_LIBC_TEXT_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* So many objects of `unit` bytes, or more than any block has. */
static inline size_t bytes_of(size_t count, size_t unit)
{
    return count <= SIZE_MAX / unit ? count * unit : SIZE_MAX;
}

static inline size_t smaller_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif

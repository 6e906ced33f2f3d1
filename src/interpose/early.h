/* A small fixed store for what is allocated while the allocator itself starts: the program's
 * coalmine_default_options() may allocate, and loading libunwind does. Never reused. */
#ifndef INTERPOSE_EARLY_H
#define INTERPOSE_EARLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

MUST_USE void *early_alloc(size_t size, size_t alignment); /* zeroed; NULL with ENOMEM when full */

enum { EARLY_STORE_BYTES = 256 * 1024 };
extern HIDDEN char early_store[EARLY_STORE_BYTES];

static inline bool early_owns(const void *pointer)
{
    return (uintptr_t)pointer - (uintptr_t)early_store < EARLY_STORE_BYTES;
}

size_t early_size(const void *pointer); /* of a block it owns */

#endif

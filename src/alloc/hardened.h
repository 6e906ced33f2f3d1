/* The quick ways of a heap that hardens and fills: small blocks of no particular alignment that a
 * thread takes from its own cache and gives back to it, with nothing wrong with them. All that is
 * promised of any block of such a heap holds; what is not the common case, and whatever is to be
 * told of a block that is released, is left to alloc/allocate.h, which begins anew.
 *
 * Straight on and without a call, since a pair of malloc and free is to cost some 200 instructions.
 * Thread-safe, errno kept. */
#ifndef ALLOC_HARDENED_H
#define ALLOC_HARDENED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/family.h"
#include "alloc/finding.h"
#include "alloc/heap.h"
#include "base/compiler.h"

void hardened_start(void); /* before the first block */

/* Of a request of that size, or of the release of any block: one test where nothing is hardened. */
static ALWAYS_INLINE bool hardened_may_allocate(size_t size)
{
    return size < heap_config.quick_below_bytes;
}

static ALWAYS_INLINE bool hardened_may_release(void)
{
    return heap_config.quick_below_bytes > 0;
}

/* Zeroed. NULL: not this way; nothing has changed. */
MUST_USE void *hardened_allocate(size_t size, enum api via);

/* The release may have been told the size. False: not this way, if it is a block at all; nothing
 * has changed. */
MUST_USE bool hardened_release(void *pointer, enum api_family family, bool has_size, size_t size);

#endif

/* Released blocks in the order of their release, held back until newer ones push them out. A
 * growing ring of words; what a word means is its owner's business. Not thread-safe: its owner
 * guards it. */
#ifndef BLOCK_QUARANTINE_H
#define BLOCK_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct quarantine {
    uint64_t *ring;
    uint32_t capacity; /* entries; a power of two, or 0 */
    uint32_t head;     /* oldest */
    uint32_t count;
    size_t bytes; /* held, by what quarantine_push() was told */
    size_t limit_bytes;
};

/* Room for so many more entries, at most as many as the smallest ring has. False: no memory. */
MUST_USE bool quarantine_reserve(struct quarantine *quarantine, uint32_t entries);

/* Where there is room. */
static inline void quarantine_add(struct quarantine *quarantine, uint64_t entry, size_t bytes)
{
    uint32_t at = (quarantine->head + quarantine->count) & (quarantine->capacity - 1);
    quarantine->ring[at] = entry;
    quarantine->count++;
    quarantine->bytes += bytes;
}

/* False if the ring cannot grow for want of memory: then nothing was pushed. */
MUST_USE bool quarantine_push(struct quarantine *quarantine, uint64_t entry, size_t bytes);

static inline bool quarantine_is_over(const struct quarantine *quarantine)
{
    return quarantine->bytes > quarantine->limit_bytes;
}

/* The oldest entry, left in place; there is one. */
static inline uint64_t quarantine_oldest(const struct quarantine *quarantine)
{
    return quarantine->ring[quarantine->head];
}

static inline void quarantine_pop(struct quarantine *quarantine, size_t bytes)
{
    quarantine->head = (quarantine->head + 1) & (quarantine->capacity - 1);
    quarantine->count--;
    quarantine->bytes -= bytes;
}

#endif

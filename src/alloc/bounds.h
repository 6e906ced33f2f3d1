/* Whether an access stays within its block, judged by arithmetic before it happens: nothing is read
 * at the address. Lock-free, async-signal-safe. */
#ifndef ALLOC_BOUNDS_H
#define ALLOC_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/ref.h"
#include "base/compiler.h"

/* How many bytes the block has left at `at`, which lies in the arena. False where this quick look
 * cannot tell: not a live block with no wish for alignment, in the first granule of a slab. */
static ALWAYS_INLINE MUST_USE bool bounds_room_near(uintptr_t at, size_t *room)
{
    struct granule *granule = granule_at(at);
    if (UNLIKELY(granule_kind(granule) != GRANULE_SLAB)) {
        return false;
    }
    uintptr_t offset = at & (GRANULE_BYTES - 1);
    uint32_t slot = slab_offset_index(granule, offset);
    if (UNLIKELY(slot >= granule->slab.slots)) {
        return false;
    }
    const struct record *record = slab_record(granule, slot);
    size_t into = offset - SLAB_FRONT - (size_t)slot * granule->slab.slot_bytes;
    size_t size = record->size_bytes;
    *room = size - into;
    return LIKELY(into <= size && record_state(record) == RECORD_LIVE &&
                  record->alignment_log2 <= 4);
}

/* The same for any block; `at` lies in the arena. False: `at` does not lie in a live block, nor
 * right behind its last byte; or nobody knows. */
MUST_USE bool bounds_room(uintptr_t at, size_t *room);

/* Judges an access of `bytes` bytes from `at`, which may be anything. True if it leaves its block
 * or the block was freed: then kind, block, offset and bad_bytes of the finding are set, and [first
 * bad, one past the last bad) by address. */
MUST_USE bool bounds_are_left(uintptr_t at, size_t bytes, struct finding *finding);

#endif

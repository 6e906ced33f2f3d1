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
#include "heap/guarded.h"

/* A live block's size, and how much of that is left from some address in it, or right behind it. */
struct bounds {
    size_t room, size;
};

/* By an offset in a granule of a run of slots: the block that it lies in or right behind. False if
 * there is none that is live, or one in a slab that has a wish for alignment and so begins
 * somewhere in its slot: this quick look does not know where. */
static ALWAYS_INLINE MUST_USE bool bounds_in_slot(const struct granule *granule, bool guarded,
                                                  uintptr_t offset, struct bounds *out)
{
    offset = slots_offset(granule, offset);
    uint32_t slot = slots_index(granule, offset);
    void *found;
    if (UNLIKELY(!slots_find_record(granule, slot, &found))) {
        return false;
    }
    const struct record *record = found;
    offset -= (size_t)slot * granule->slots.bytes;
    if (guarded) {
        offset -= granule->guarded.places[slot].start_offset;
    }
    out->size = record->size_bytes;
    return !__builtin_sub_overflow(out->size, offset, &out->room) &&
           LIKELY(guarded ? record_state(record) == RECORD_LIVE : record_is_live_at_front(record));
}

static ALWAYS_INLINE MUST_USE bool bounds_in_large(const struct granule *head, uintptr_t offset,
                                                   struct bounds *out)
{
    offset -= head->large.start_offset;
    out->size = head->large.size_bytes;
    return !__builtin_sub_overflow(out->size, offset, &out->room) &&
           LIKELY(record_state((const struct record *)head->large.record) == RECORD_LIVE);
}

/* The same by an offset in the arena; of a large block if a hint leads to its head. False:
 * bounds_room() may tell, and leaves a hint. */
static ALWAYS_INLINE MUST_USE bool bounds_near(uintptr_t offset, struct bounds *out)
{
    size_t index = offset >> GRANULE_SHIFT;
    const struct granule *granule = &arena.granules[index];
    uintptr_t into = offset & (GRANULE_BYTES - 1);
    enum granule_kind kind = granule_kind(granule);
    if (LIKELY(kind & GRANULE_SLAB)) {
        return bounds_in_slot(granule, false, into, out);
    }
    if (kind & GRANULE_GUARDED) {
        return bounds_in_slot(granule, true, into, out);
    }
    size_t head = atomic_load_explicit(&arena.heads[index], memory_order_relaxed);
    granule = &arena.granules[head];
    return LIKELY(granule_kind(granule) == GRANULE_LARGE) &&
           bounds_in_large(granule, offset - (head << GRANULE_SHIFT), out);
}

/* How many bytes the block has left at `at`, which lies in the arena. False: `at` does not lie in a
 * live block, nor right behind its last byte; or nobody knows. */
MUST_USE bool bounds_room(uintptr_t at, size_t *room);

/* Judges an access of `bytes` bytes from `at`, which may be anything. True if it leaves its block
 * or the block was freed: then kind, block, offset and bad_bytes of the finding are set, and [first
 * bad, one past the last bad) by address. */
MUST_USE bool bounds_are_left(uintptr_t at, size_t bytes, struct finding *finding);

#endif

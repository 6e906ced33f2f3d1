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

/* A block's size, and what it has left from some address on. An address in front of the block makes
 * `room` larger than the size, and so does one behind it, as an unsigned difference. */
struct bounds {
    size_t room, size;
};

/* The block of the slot that is `into` bytes into a slab. False where this quick look cannot tell:
 * not a live block with the usual alignment; in front of the first slot, where the unsigned
 * difference makes for too large a number. */
static ALWAYS_INLINE MUST_USE bool bounds_in_slab(const struct granule *slab, uintptr_t into,
                                                  struct bounds *out)
{
    uint32_t slot = slab_start_index(slab, into);
    if (UNLIKELY(slot >= slab->slab.slots)) {
        return false;
    }
    const struct record *record = slab_record(slab, slot);
    out->size = record->size_bytes;
    out->room = out->size + SLAB_FRONT + (size_t)slot * slab->slab.slot_bytes - into;
    return LIKELY(record_state(record) == RECORD_LIVE) && LIKELY(record->alignment_log2 <= 4);
}

static ALWAYS_INLINE MUST_USE bool bounds_in_large(const struct granule *head, uintptr_t into,
                                                   struct bounds *out)
{
    out->size = head->large.size_bytes;
    out->room = out->size + head->large.start_offset - into;
    return record_state((const struct record *)head->large.record) == RECORD_LIVE;
}

/* In the guards and in the pages of released blocks there is none. */
static ALWAYS_INLINE MUST_USE bool bounds_in_guarded(const struct granule *run, uintptr_t into,
                                                     struct bounds *out)
{
    uint32_t slot = guarded_offset_index(run, into);
    if (UNLIKELY(slot >= run->guarded.slots)) {
        return false;
    }
    const struct record *record = guarded_record(run, slot);
    uintptr_t data = OS_PAGE + slot * guarded_stride(run);
    out->size = record->size_bytes;
    out->room = out->size + data + run->guarded.places[slot].start_offset - into;
    return LIKELY(record_state(record) == RECORD_LIVE);
}

/* For an offset in the arena: in a small block, or in one whose run's head is hinted at. False:
 * bounds_room() may tell, and leaves a hint. */
static ALWAYS_INLINE MUST_USE bool bounds_near(uintptr_t offset, struct bounds *out)
{
    const struct granule *granule = &arena.granules[offset >> GRANULE_SHIFT];
    uintptr_t into = offset & (GRANULE_BYTES - 1);
    if (UNLIKELY(granule_kind(granule) != GRANULE_SLAB)) {
        size_t head =
            atomic_load_explicit(&arena.heads[offset >> GRANULE_SHIFT], memory_order_relaxed);
        granule = &arena.granules[head];
        into = offset - (head << GRANULE_SHIFT);
        enum granule_kind kind = granule_kind(granule);
        if (kind == GRANULE_LARGE) {
            return bounds_in_large(granule, into, out);
        }
        if (UNLIKELY(into >> GRANULE_SHIFT >= granule->granules)) {
            return false;
        }
        if (kind == GRANULE_GUARDED) {
            return bounds_in_guarded(granule, into, out);
        }
        if (UNLIKELY(kind != GRANULE_SLAB)) {
            return false;
        }
    }
    return bounds_in_slab(granule, into, out);
}

/* How many bytes the block has left at `at`, which lies in the arena. False: `at` does not lie in a
 * live block, nor right behind its last byte; or nobody knows. */
MUST_USE bool bounds_room(uintptr_t at, size_t *room);

/* Judges an access of `bytes` bytes from `at`, which may be anything. True if it leaves its block
 * or the block was freed: then kind, block, offset and bad_bytes of the finding are set, and [first
 * bad, one past the last bad) by address. */
MUST_USE bool bounds_are_left(uintptr_t at, size_t bytes, struct finding *finding);

#endif

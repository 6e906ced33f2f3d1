/* A block taken apart: where its bytes, its canaries and its record are. Internal to this layer.
 *
 *     front        start          start + size             end
 *       | canary     | the user's    | canary                |
 *
 * In a slab `front` reaches 8 bytes into the gap that the left neighbour's canary fills. */
#ifndef ALLOC_REF_H
#define ALLOC_REF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/align.h"
#include "base/compiler.h"
#include "block/record.h"
#include "heap/arena.h"
#include "heap/slab.h"

enum {
    GAP_BYTES = 8, /* canary that always stands before a slot: the last word of the one before it */
    LARGE_FRONT = 64, /* canary before a large block */
};

struct ref {
    struct granule *run;
    struct record *record;
    uint32_t slot; /* in a slab */
    uintptr_t front, start, end;
    size_t size;
};

/* The slot that `address` lies in, whatever its state. False outside of slabs' slots and large
 * runs. */
MUST_USE bool ref_find_anywhere(uintptr_t address, struct ref *out);

void ref_info(const struct ref *ref, struct block_info *out);

static inline bool ref_is_large(const struct ref *ref)
{
    return granule_kind(ref->run) == GRANULE_LARGE;
}

/* Where a block of that alignment begins in its slot; slots themselves are aligned to 16. */
static inline uintptr_t slot_block_start(uintptr_t slot_start, unsigned alignment_log2)
{
    return LIKELY(alignment_log2 <= 4) ? slot_start
                                       : align_up(slot_start, (size_t)1 << alignment_log2);
}

/* Slot number `slot` of a slab; the run is a slab and the slot exists. */
static inline void ref_of_slot(struct granule *slab, uint32_t slot, struct ref *out)
{
    uintptr_t slot_start = slab_slot_start(slab, slot);
    struct record *record = slab_record(slab, slot);
    *out = (struct ref){
        .run = slab,
        .record = record,
        .slot = slot,
        .front = slot_start - GAP_BYTES,
        .start = slot_block_start(slot_start, record->alignment_log2),
        .end = slot_start + slab->slab.slot_bytes,
        .size = record->size_bytes,
    };
}

/* ref_find_anywhere(), with the common case, a slab of one granule, looked at first. */
static ALWAYS_INLINE MUST_USE bool ref_find(uintptr_t address, struct ref *out)
{
    if (LIKELY(arena_holds(address))) {
        struct granule *granule = granule_at(address);
        if (LIKELY(granule_kind(granule) == GRANULE_SLAB)) {
            uint32_t slot = slab_slot_index(granule, address);
            if (LIKELY(slot < granule->slab.slots)) {
                ref_of_slot(granule, slot, out);
                return true;
            }
        }
    }
    return ref_find_anywhere(address, out);
}

#endif

/* A block taken apart: where its bytes, its canaries and its record are. Internal to this layer.
 *
 *     front        start          start + size             end
 *       | canary     | the user's    | canary                |
 *
 * In a slab `front` reaches 8 bytes into the gap that the left neighbour's canary fills. Of a
 * guarded block front and end are where its pages begin and end; either canary may be empty. */
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
    uint32_t slot; /* in a slab, or among guarded ones */
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

static inline bool ref_is_guarded(const struct ref *ref)
{
    return granule_kind(ref->run) == GRANULE_GUARDED;
}

/* Slot number `slot` of a run of guarded ones. Its front and end are those of its data. */
void ref_of_guarded(struct granule *run, uint32_t slot, struct ref *out);

/* Slot number `slot` of a run of guarded ones, or of a slab. */
void ref_of_either(struct granule *run, bool guarded, uint32_t slot, struct ref *out);

/* Where a block of that alignment begins in its slot; slots themselves are aligned to 16. */
static inline uintptr_t slot_block_start(uintptr_t slot_start, unsigned alignment_log2)
{
    return LIKELY(alignment_log2 <= 4) ? slot_start
                                       : align_up(slot_start, (size_t)1 << alignment_log2);
}

/* The slot at `slot_start`, number `slot` of the slab that a granule belongs to. */
static inline void ref_of_slot_at(struct granule *granule, uint32_t slot, struct record *record,
                                  uintptr_t slot_start, struct ref *out)
{
    *out = (struct ref){
        .run = slots_head(granule),
        .record = record,
        .slot = slot,
        .front = slot_start - GAP_BYTES,
        .start = slot_block_start(slot_start, record->alignment_log2),
        .end = slot_start + granule->slots.bytes,
        .size = record->size_bytes,
    };
}

/* Slot number `slot` of a slab; the run is a slab and the slot exists. */
static inline void ref_of_slot(struct granule *slab, uint32_t slot, struct ref *out)
{
    ref_of_slot_at(slab, slot, slots_record(slab, slot), slots_start(slab, slot), out);
}

/* ref_find_anywhere() for the common case, a slot of a slab. */
static ALWAYS_INLINE MUST_USE bool ref_find_near(uintptr_t address, struct ref *out)
{
    if (UNLIKELY(!arena_holds(address))) {
        return false;
    }
    struct granule *granule = granule_at(address);
    if (UNLIKELY(!(granule_kind(granule) & GRANULE_SLAB))) {
        return false;
    }
    uintptr_t offset = slots_offset(granule, address - granule_floor(address));
    uint32_t slot = slots_index(granule, offset);
    void *record;
    if (UNLIKELY(!slots_find_record(granule, slot, &record))) {
        return false;
    }
    ref_of_slot_at(granule, slot, record, address - offset + (size_t)slot * granule->slots.bytes,
                   out);
    return true;
}

static ALWAYS_INLINE MUST_USE bool ref_find(uintptr_t address, struct ref *out)
{
    return LIKELY(ref_find_near(address, out)) || ref_find_anywhere(address, out);
}

#endif

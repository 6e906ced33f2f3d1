/* Damage around and in blocks: looked for, judged, told, mended so that it is told once.
 *
 * Whose damage is a changed gap between two blocks? What begins at the first byte after the left
 * block is its overflow; else what ends at the last byte before the right block is that one's
 * underflow; else it is put down to the one in use, or the nearer, and both are named. Call with no
 * lock held. Each returns how many findings it told. */
#ifndef ALLOC_DAMAGE_H
#define ALLOC_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/guarded_damage.h"
#include "alloc/ref.h"
#include "block/canary.h"
#include "block/fill.h"
#include "stack/callsite.h"

enum { DAMAGE_FOUND_MOST = 2 }; /* by one of the checks below */

struct damage_found {
    size_t count;
    struct finding findings[DAMAGE_FOUND_MOST];
};

/* Where a check happens, for the report; all may be absent. */
struct damage_scene {
    enum finding_detected detected;
    enum api function;
    uint32_t stack; /* of the call that looks: shown as the block's release at free and realloc */
    uint16_t thread;
    struct damage_found *found; /* for who looks while others run (alloc/look.h): findings go here,
                                 * and of the blocks beside nothing is relied on. NULL: are told */
    bool only_looks;            /* nothing is mended */
    const struct damage_culprit *culprit; /* who did it; NULL: unknown */
};

/* The canaries of a live block whose release the caller has begun, or which he holds. */
size_t damage_check_live(const struct ref *ref, const struct damage_scene *scene);

/* Fill and canaries of a freed block, by who tells it: see record_claim_freed(). Its bytes stay as
 * they are, but for what the block behind it would tell again: that takes damage_settle_freed(), or
 * is done if nobody else looks. */
size_t damage_check_freed(const struct ref *ref, const struct damage_scene *scene);
void damage_settle_freed(const struct ref *ref);

/* A heap that hardens fills the whole slot of a freed block with zeros, but for the gap that the
 * next one needs: no canary is handed out with it. */
static ALWAYS_INLINE size_t damage_hardened_fill(uintptr_t slot, uintptr_t end)
{
    return end - GAP_BYTES - slot;
}

static ALWAYS_INLINE bool damage_is_absent_hardened(uintptr_t slot, uintptr_t end)
{
    uintptr_t gap = end - GAP_BYTES;
    bool body = fill_is_zeros(slot, gap);
    bool canary = canary_load(gap) == canary_word(gap);
    return (int)body & (int)canary; /* one branch for both */
}

/* The last look at what may be a freed block, by who makes something else of it. */
void damage_last_look(const struct ref *ref);

/* Completes a finding about bytes [first, last_end) and tells it. `other` is the neighbour that may
 * have done it as well; NULL: none. */
void damage_tell(struct finding *finding, const struct damage_scene *scene, const struct ref *block,
                 const struct ref *other, uintptr_t first, uintptr_t last_end);

/* True if the canaries around a live block are whole: the quick look of every release. */
static ALWAYS_INLINE bool damage_is_absent(const struct ref *ref)
{
    bool front = LIKELY(ref->start - ref->front == GAP_BYTES)
                     ? canary_load(ref->front) == canary_word(ref->front)
                     : canary_is_whole(ref->front, ref->start);
    bool tail = canary_tail_is_whole(ref->start + ref->size, ref->end);
    return (int)front & (int)tail; /* one branch for both */
}

/* The same for a block that may be guarded. */
static inline bool damage_is_absent_anywhere(const struct ref *ref)
{
    bool is_slot = LIKELY(granule_kind(ref->run) == GRANULE_SLAB);
    return is_slot || !guarded_judges(ref) ? damage_is_absent(ref) : guarded_is_whole(ref);
}

/* The same for a freed one: its fill, and the canary after it. */
bool damage_is_absent_freed(const struct ref *ref);

#endif

#include "alloc/bounds.h"

#include <stdatomic.h>

#include "alloc/guard_hit.h"

/* `room` is set if there is a block or was one. A block that is coming or going this moment is
 * another thread's affair. */
static bool find(uintptr_t at, struct ref *room)
{
    if (!ref_find(at, room)) {
        return false;
    }
    enum record_state state = record_state(room->record);
    return state == RECORD_LIVE || state == RECORD_FREED;
}

static bool is_live(const struct ref *ref)
{
    return record_state(ref->record) == RECORD_LIVE;
}

bool bounds_room(uintptr_t at, size_t *room)
{
    struct ref ref;
    if (!ref_find_anywhere(at, &ref) || !is_live(&ref)) {
        return false;
    }
    if (ref_is_large(&ref)) {
        granule_hint_head(granule_index(granule_at(at)), ref.run);
    }
    return !__builtin_sub_overflow(ref.size, at - ref.start, room);
}

static bool tell(struct finding *finding, enum finding_kind kind, const struct ref *ref,
                 uintptr_t first, size_t bytes)
{
    finding->kind = kind;
    finding->has_block = true;
    ref_info(ref, &finding->block);
    finding->has_offset = true;
    finding->offset = (ptrdiff_t)(first - ref->start);
    finding->bad_bytes = bytes;
    return true;
}

/* An access that starts in the canary before a block, or before its slot. `behind`: how far behind
 * another block that is. Right behind, it is that one's. If it goes on into the next one, it is
 * that one's; else the nearer's. */
static bool is_underflow_of(uintptr_t at, size_t bytes, size_t behind, uintptr_t inside,
                            struct finding *finding)
{
    struct ref ref;
    if (behind == 0 || !find(inside, &ref) || !is_live(&ref) || at < ref.front || at >= ref.start) {
        return false;
    }
    size_t before = ref.start - at;
    if (bytes <= before && before >= behind) {
        return false;
    }
    return tell(finding, FINDING_UNDERFLOW, &ref, at, bytes < before ? bytes : before);
}

static bool judge_live(const struct ref *ref, uintptr_t at, size_t bytes, struct finding *finding)
{
    uintptr_t end = ref->start + ref->size;
    if (at < ref->start) {
        size_t before = ref->start - at;
        return tell(finding, FINDING_UNDERFLOW, ref, at, bytes < before ? bytes : before);
    }
    if (at <= end && bytes <= end - at) {
        return false;
    }
    if (at >= end) {
        return tell(finding, FINDING_OVERFLOW, ref, at, bytes);
    }
    return tell(finding, FINDING_OVERFLOW, ref, end, bytes - (end - at));
}

/* A guard stands between two blocks, and which one is meant is judged as after a fault. */
static bool is_at_guard(uintptr_t at, size_t bytes, struct finding *finding)
{
    const struct granule *run = run_head(at);
    struct guard_hit hit;
    if (!run || granule_kind(run) != GRANULE_GUARDED || !guarded_hit(at, &hit)) {
        return false;
    }
    size_t before = hit.offset < 0 ? (size_t)-hit.offset : SIZE_MAX;
    finding->kind = hit.kind;
    finding->has_block = true;
    finding->block = hit.block;
    finding->has_offset = true;
    finding->offset = hit.offset;
    finding->bad_bytes = bytes < before ? bytes : before;
    return true;
}

/* The slot beside which an access is that lies in none that ever was a block's. */
struct beside {
    bool is_used;
    size_t distance; /* from the block's nearest byte */
    struct ref ref;
};

enum { SLOTS_AROUND = 64 };

static struct beside look_beside(struct granule *slab, uint32_t slot, uintptr_t at)
{
    struct beside beside = {0};
    if (slot < slab->slots.count) {
        ref_of_slot(slab, slot, &beside.ref);
        enum record_state state = record_state(beside.ref.record);
        uintptr_t start = beside.ref.start, end = start + beside.ref.size;
        beside.is_used = state == RECORD_LIVE || state == RECORD_FREED;
        beside.distance = at < start ? start - at : at - end;
    }
    return beside;
}

static void take_nearer(struct beside *best, const struct beside *other)
{
    if (other->is_used && (!best->is_used || other->distance < best->distance)) {
        *best = *other;
    }
}

/* An access to what never was a block: one nearby was left, by more than its canary. */
static bool is_astray(uintptr_t at, size_t bytes, struct finding *finding)
{
    struct granule *run = run_head(at);
    if (!run || granule_kind(run) != GRANULE_SLAB) {
        return false;
    }
    uint32_t slot = slots_index_at(run, at);
    if (slot >= run->slots.count) {
        slot = run->slots.count;
    } else if (record_state(slots_record(run, slot)) != RECORD_NEVER) {
        return false;
    }
    struct beside best = {0};
    for (uint32_t i = 1; i <= SLOTS_AROUND && !best.is_used; i++) {
        struct beside left = look_beside(run, slot - i, at), right = look_beside(run, slot + i, at);
        take_nearer(&best, &left);
        take_nearer(&best, &right);
    }
    enum finding_kind kind = !best.is_used || !is_live(&best.ref) ? FINDING_USE_AFTER_FREE
                             : at < best.ref.start                ? FINDING_UNDERFLOW
                                                                  : FINDING_OVERFLOW;
    size_t before = at < best.ref.start ? best.ref.start - at : SIZE_MAX;
    return best.is_used && tell(finding, kind, &best.ref, at, bytes < before ? bytes : before);
}

bool bounds_are_left(uintptr_t at, size_t bytes, struct finding *finding)
{
    struct ref ref;
    if (bytes == 0) {
        return false;
    }
    if (is_at_guard(at, bytes, finding)) {
        return true;
    }
    bool known = find(at, &ref);
    uintptr_t end = known ? ref.start + ref.size : 0;
    if (!known || at < ref.start || at >= end) {
        size_t behind = known && at >= end ? at - end : SIZE_MAX;
        uintptr_t next = known && at >= ref.start ? ref.end : at + GAP_BYTES;
        if (is_underflow_of(at, bytes, behind, next, finding)) {
            return true;
        }
    }
    if (!known) {
        return is_astray(at, bytes, finding);
    }
    return is_live(&ref) ? judge_live(&ref, at, bytes, finding)
                         : tell(finding, FINDING_USE_AFTER_FREE, &ref, at, bytes);
}

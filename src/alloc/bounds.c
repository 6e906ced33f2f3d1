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

/* An access that starts in the canary before a block, or before its slot, and goes on into it. */
static bool is_underflow_of(uintptr_t at, size_t bytes, uintptr_t inside, struct finding *finding)
{
    struct ref ref;
    if (!find(inside, &ref) || !is_live(&ref) || at < ref.front || at >= ref.start) {
        return false;
    }
    size_t before = ref.start - at;
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
    bool in_body = known && at >= ref.start && at < ref.start + ref.size;
    bool crosses = known ? bytes > ref.end - at : bytes > 1;
    uintptr_t next = known ? ref.end : at + (bytes > GAP_BYTES ? GAP_BYTES : bytes - 1);
    if (!in_body && crosses && is_underflow_of(at, bytes, next, finding)) {
        return true;
    }
    if (!known) {
        return false;
    }
    return is_live(&ref) ? judge_live(&ref, at, bytes, finding)
                         : tell(finding, FINDING_USE_AFTER_FREE, &ref, at, bytes);
}

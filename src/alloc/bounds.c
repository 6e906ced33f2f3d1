#include "alloc/bounds.h"

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
    if (!find(at, &ref) || !is_live(&ref) || at < ref.start || at > ref.start + ref.size) {
        return false;
    }
    *room = ref.start + ref.size - at;
    return true;
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

bool bounds_are_left(uintptr_t at, size_t bytes, struct finding *finding)
{
    struct ref ref;
    if (bytes == 0) {
        return false;
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

#include "alloc/bounds.h"

#include <stdatomic.h>

#include "alloc/guard_hit.h"
#include "heap/guarded.h"

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

/* Where the last look-ups inside of large blocks ended: granule and head of its run, both by index.
 * An entry may be out of date, or another thread's; the head itself tells whether it still covers
 * the granule. */
enum { HEADS = 1024 };
static _Atomic uint64_t heads[HEADS];

static NOINLINE struct granule *find_large_head(uintptr_t at)
{
    struct granule *head = run_head(at);
    if (!head || granule_kind(head) != GRANULE_LARGE) {
        return NULL;
    }
    uint32_t index = granule_index(granule_at(at));
    uint64_t entry = (uint64_t)index << 32 | granule_index(head);
    atomic_store_explicit(&heads[index % HEADS], entry, memory_order_relaxed);
    return head;
}

static struct granule *large_head(uintptr_t at)
{
    uint32_t index = granule_index(granule_at(at));
    uint64_t entry = atomic_load_explicit(&heads[index % HEADS], memory_order_relaxed);
    struct granule *head = &arena.granules[(uint32_t)entry];
    if (entry >> 32 == index && granule_kind(head) == GRANULE_LARGE &&
        index - (uint32_t)entry < head->granules) {
        return head;
    }
    return find_large_head(at);
}

static bool large_room(const struct granule *head, uintptr_t at, size_t *room)
{
    size_t into = at - granule_start(head) - head->large.start_offset;
    size_t size = head->large.size_bytes;
    *room = size - into;
    return into <= size && record_state((const struct record *)head->large.record) == RECORD_LIVE;
}

/* Slabs of several granules; and blocks with a wish for alignment, which begin somewhere in their
 * slot. */
static bool slab_room(const struct granule *slab, uintptr_t at, size_t *room)
{
    uint32_t slot = slab_slot_index(slab, at);
    if (slot >= slab->slab.slots) {
        return false;
    }
    const struct record *record = slab_record(slab, slot);
    uintptr_t start = slot_block_start(slab_slot_start(slab, slot), record->alignment_log2);
    size_t into = at - start, size = record->size_bytes;
    *room = size - into;
    return into <= size && record_state(record) == RECORD_LIVE;
}

/* In the guards and in the pages of released blocks there is none. */
static bool guarded_room(const struct granule *run, uintptr_t at, size_t *room)
{
    uint32_t slot = guarded_slot_index(run, at);
    if (slot >= run->guarded.slots) {
        return false;
    }
    const struct record *record = guarded_record(run, slot);
    size_t into = at - guarded_data(run, slot) - run->guarded.places[slot].start_offset;
    size_t size = record->size_bytes;
    *room = size - into;
    return into <= size && record_state(record) == RECORD_LIVE;
}

static NOINLINE bool room_of_any(uintptr_t at, size_t *room)
{
    struct ref ref;
    if (!ref_find_anywhere(at, &ref)) {
        return false;
    }
    *room = ref.start + ref.size - at;
    return is_live(&ref) && at >= ref.start && at <= ref.start + ref.size;
}

bool bounds_room(uintptr_t at, size_t *room)
{
    const struct granule *granule = granule_at(at);
    switch (granule_kind(granule)) {
    case GRANULE_NONE:
        granule = large_head(at);
        return granule ? large_room(granule, at, room) : room_of_any(at, room);
    case GRANULE_LARGE:
        return large_room(granule, at, room);
    case GRANULE_SLAB_BODY: /* of a slab, or of a run of guarded slots */
        granule = &arena.granules[granule->body.head];
        break;
    default:
        break;
    }
    switch (granule_kind(granule)) {
    case GRANULE_SLAB:
        return slab_room(granule, at, room);
    case GRANULE_GUARDED:
        return guarded_room(granule, at, room);
    default:
        return room_of_any(at, room);
    }
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

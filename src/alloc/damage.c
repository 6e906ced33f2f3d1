#include "alloc/damage.h"

#include <string.h>

#include "alloc/allocate.h"
#include "alloc/heap.h"
#include "alloc/known.h"
#include "alloc/large.h"
#include "block/fill.h"
#include "os/peek.h"

/* What is damaged may be closed this moment, if it is guarded. */
static void describe(struct finding *finding, uintptr_t first, uintptr_t last_end)
{
    size_t length = last_end - first;
    finding->has_offset = true;
    finding->offset = (ptrdiff_t)(first - finding->block.address);
    finding->bad_bytes = length;
    finding->damage_length = os_peek(first, finding->damage,
                                     length < FINDING_DAMAGE_MOST ? length : FINDING_DAMAGE_MOST);
}

static void set_block(struct finding *finding, const struct ref *ref,
                      const struct damage_scene *scene)
{
    finding->has_block = true;
    ref_info(ref, &finding->block);
    if (finding->block.state == BLOCK_RELEASING && scene) { /* the release that looks */
        finding->block.state = BLOCK_LIVE;
        finding->block.free_stack = scene->found ? 0 : scene->stack;
        finding->block.free_thread = scene->found ? 0 : scene->thread;
    }
}

static void set_neighbour(struct finding *finding, const struct ref *other)
{
    if (other) {
        finding->has_neighbour = true;
        ref_info(other, &finding->neighbour);
    }
}

/* The block beside this one in its slab, if it was ever used. */
static struct ref *beside(const struct ref *ref, int step, struct ref *room)
{
    if (ref_is_large(ref) || (step < 0 && ref->slot == 0) ||
        (step > 0 && ref->slot + 1 >= ref->run->slots.count)) {
        return NULL;
    }
    ref_of_slot(ref->run, ref->slot + (uint32_t)step, room);
    return record_state(room->record) == RECORD_NEVER ? NULL : room;
}

static void fill_in(struct finding *finding, const struct damage_scene *scene,
                    const struct ref *block, const struct ref *other, uintptr_t first,
                    uintptr_t last_end)
{
    finding->access = ACCESS_WRITE;
    finding->detected = scene ? scene->detected : DETECTED_REUSE;
    finding->function = scene ? scene->function : API_FREE;
    if (scene && scene->culprit) { /* seen as it was done: by a watchpoint */
        finding->watched = true;
        finding->call = scene->culprit->call;
        finding->callee = scene->culprit->callee;
        finding->access_stack = scene->culprit->stack;
        finding->access_thread = scene->thread;
    }
    finding->pointer = block->start;
    set_block(finding, block, scene);
    set_neighbour(finding, other);
    describe(finding, first, last_end);
}

static void tell(const struct finding *finding, const struct damage_scene *scene)
{
    if (scene && scene->found) {
        scene->found->findings[scene->found->count++] = *finding;
    } else {
        finding_sink(finding);
    }
}

void damage_tell(struct finding *finding, const struct damage_scene *scene, const struct ref *block,
                 const struct ref *other, uintptr_t first, uintptr_t last_end)
{
    fill_in(finding, scene, block, other, first, last_end);
    tell(finding, scene);
}

/* Damage amid a gap: a block in use is likelier to have done it than a freed one, else the nearer.
 */
static bool is_likelier(const struct ref *left, const struct ref *right, size_t from_left,
                        size_t from_right)
{
    bool left_freed = record_state(left->record) == RECORD_FREED;
    bool right_freed = record_state(right->record) == RECORD_FREED;
    return left_freed == right_freed ? from_left <= from_right : right_freed;
}

/* Before it is told, which takes long: others may look at the same bytes meanwhile. A process that
 * ends with it leaves them for who looks at its core. False: another one tells it. */
static bool mend(uintptr_t first, uintptr_t last_end)
{
    return heap_config.halts || canary_mend(first, last_end);
}

/* Where the canary behind a block begins. */
static uintptr_t tail_of(const struct ref *ref)
{
    bool is_filled = heap_config.hardens && heap_config.fill && !ref_is_large(ref) &&
                     record_state(ref->record) == RECORD_FREED;
    return is_filled ? ref->end - GAP_BYTES : ref->start + ref->size;
}

static void mend_known(uintptr_t first, uintptr_t last_end)
{
    (void)canary_mend(first, last_end);
}

/* The gap between `left` (NULL: none in use there) and `right` (likewise) was changed. */
static size_t tell_gap(const struct ref *left, const struct ref *right, uintptr_t start,
                       uintptr_t end, const struct damage_scene *scene)
{
    struct finding finding = {0};
    uintptr_t first, last_end;
    bool only_looks = scene && scene->only_looks;
    if (!only_looks) {
        known_undo(start, end, mend_known);
    }
    if (!canary_damage(start, end, &first, &last_end) ||
        (only_looks && known_covers(first, last_end))) {
        return 0; /* was told of before; or another thread looked at the same gap, and told */
    }
    uintptr_t left_end = left ? tail_of(left) : start;
    bool over = left && (first == left_end || !right);
    bool under = !over && right && (last_end == end || !left);
    bool overflow = over || (!under && left && right &&
                             is_likelier(left, right, first - left_end, end - last_end));
    const struct ref *block = overflow ? left : right, *other = overflow ? right : left;
    bool freed = record_state(block->record) == RECORD_FREED;
    finding.kind = freed ? FINDING_USE_AFTER_FREE : overflow ? FINDING_OVERFLOW : FINDING_UNDERFLOW;
    fill_in(&finding, scene, block, over || under ? NULL : other, first, last_end);
    if (!only_looks && !mend(first, last_end)) {
        return 0;
    }
    tell(&finding, scene);
    return 1;
}

static size_t check_front(const struct ref *ref, const struct damage_scene *scene)
{
    if (canary_is_whole(ref->front, ref->start)) {
        return 0;
    }
    struct ref room;
    const struct ref *left = beside(ref, -1, &room);
    uintptr_t start = left ? tail_of(left) : ref->front;
    if (left && (record_state(left->record) == RECORD_BUSY || (scene && scene->found))) {
        start = ref->front; /* the rest is its own business, which may change */
    }
    return tell_gap(left, ref, start, ref->start, scene);
}

static size_t check_tail(const struct ref *ref, const struct damage_scene *scene)
{
    uintptr_t start = tail_of(ref);
    if (canary_is_whole(start, ref->end)) {
        return 0;
    }
    struct ref room;
    const struct ref *right = beside(ref, 1, &room);
    uintptr_t end = right && !(scene && scene->found) ? right->start : ref->end;
    return tell_gap(ref, right, start, end, scene);
}

size_t damage_check_live(const struct ref *ref, const struct damage_scene *scene)
{
    if (guarded_judges(ref)) {
        return guarded_check_live(ref, scene);
    }
    return check_front(ref, scene) + check_tail(ref, scene);
}

/* What is filled of a freed block in a slab. */
struct stretch {
    uintptr_t start;
    size_t bytes;
};

static struct stretch filled(const struct ref *ref)
{
    uintptr_t slot = ref->front + GAP_BYTES;
    if (!heap_config.fill) {
        return (struct stretch){ref->start, 0};
    }
    return heap_config.hardens ? (struct stretch){slot, damage_hardened_fill(slot, ref->end)}
                               : (struct stretch){ref->start, ref->size};
}

bool damage_is_absent_freed(const struct ref *ref)
{
    if (ref_is_guarded(ref)) {
        return guarded_is_absent_freed(ref);
    }
    if (ref_is_large(ref)) {
        uintptr_t first, last_end;
        return !large_late_write(ref, &first, &last_end);
    }
    struct stretch fill = filled(ref);
    return fill_is_whole(fill.start, fill.bytes, heap_freed_pattern) &&
           canary_is_whole(tail_of(ref), ref->end);
}

static size_t tell_late_write(const struct ref *ref, const struct damage_scene *scene,
                              uintptr_t first, uintptr_t last_end)
{
    struct finding finding = {.kind = FINDING_USE_AFTER_FREE};
    damage_tell(&finding, scene, ref, NULL, first, last_end);
    return 1;
}

static void fill_mend_freed(uintptr_t first, uintptr_t last_end)
{
    fill_mend(first, last_end, heap_freed_pattern);
}

static void make_zero(uintptr_t first, uintptr_t last_end)
{
    memset((void *)first, 0, last_end - first);
}

/* Looks again once what was told of before is put right; who only looks leaves it. */
static bool large_is_written(const struct ref *ref, const struct damage_scene *scene,
                             uintptr_t *first, uintptr_t *last_end)
{
    if (!large_late_write(ref, first, last_end)) {
        return false;
    }
    if (scene->only_looks) {
        return !known_covers(*first, *last_end);
    }
    known_undo(ref->start, ref->start + ref->size, make_zero);
    return large_late_write(ref, first, last_end);
}

static bool fill_is_written(const struct ref *ref, const struct damage_scene *scene,
                            uintptr_t *first, uintptr_t *last_end)
{
    struct stretch fill = filled(ref);
    if (!fill_damage(fill.start, fill.bytes, heap_freed_pattern, first, last_end)) {
        return false;
    }
    if (scene->only_looks) {
        return !known_covers(*first, *last_end);
    }
    known_undo(fill.start, fill.start + fill.bytes, fill_mend_freed);
    return fill_damage(fill.start, fill.bytes, heap_freed_pattern, first, last_end);
}

size_t damage_check_freed(const struct ref *ref, const struct damage_scene *scene)
{
    uintptr_t first, last_end;
    if (ref_is_guarded(ref)) {
        return guarded_check_freed(ref, scene);
    }
    if (ref_is_large(ref)) {
        return large_is_written(ref, scene, &first, &last_end)
                   ? tell_late_write(ref, scene, first, last_end)
                   : 0;
    }
    size_t told = 0;
    if (fill_is_written(ref, scene, &first, &last_end)) {
        told += tell_late_write(ref, scene, first, last_end);
    }
    return told + check_tail(ref, scene);
}

void damage_last_look(const struct ref *ref)
{
    static const struct damage_scene scene = {.detected = DETECTED_REUSE, .function = API_FREE};
    if (record_state(ref->record) == RECORD_FREED && UNLIKELY(!damage_is_absent_freed(ref)) &&
        record_claim_freed(ref->record)) {
        damage_check_freed(ref, &scene);
    }
}

void damage_settle_freed(const struct ref *ref)
{
    if (granule_kind(ref->run) == GRANULE_SLAB && !heap_config.halts) {
        (void)canary_mend(ref->end - GAP_BYTES, ref->end);
    }
}

#include "alloc/look.h"

#include <sched.h>
#include <string.h>

#include "alloc/large.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/clock.h"
#include "os/lock.h"

enum {
    LOOKS = 3,
    BETWEEN_LOOKS_US = 100, /* far longer than any step from one state of a block to the next */
};

static struct lock lock = LOCK_INIT(LOCK_LOOK);

void look_register_lock(void)
{
    lock_register(&lock);
}

/* Outside of slabs a block's pages may be closed this moment. */
static bool live_looks_damaged(const struct ref *ref)
{
    return granule_kind(ref->run) == GRANULE_SLAB ? !damage_is_absent(ref)
                                                  : !guarded_seems_whole(ref);
}

static bool looks_damaged(const struct ref *ref, enum record_state state)
{
    if (state == RECORD_LIVE) {
        return live_looks_damaged(ref);
    }
    return state == RECORD_FREED && !record_is_told(ref->record) && !damage_is_absent_freed(ref);
}

/* Still the block that was looked at. */
static bool is_unchanged(const struct ref *ref, const struct record *then)
{
    struct ref now;
    atomic_thread_fence(memory_order_acquire); /* keeps the look before it before it */
    return memcmp(ref->record, then, sizeof *then) == 0 && ref_find(ref->start, &now) &&
           now.record == ref->record && now.start == ref->start && now.size == ref->size &&
           now.end == ref->end;
}

static bool is_damaged(const struct ref *ref, const struct record *then, bool is_patient)
{
    enum record_state state = record_state(then);
    for (int look = 0; look < LOOKS; look++) {
        if (!is_unchanged(ref, then) || !looks_damaged(ref, state)) {
            return false;
        }
        if (is_patient) {
            os_sleep_us(BETWEEN_LOOKS_US);
        } else {
            sched_yield();
        }
    }
    return is_unchanged(ref, then) && looks_damaged(ref, state) && is_unchanged(ref, then);
}

bool look_hold(const struct ref *ref)
{
    lock_acquire(&lock);
    if (record_hold(ref->record)) {
        return true;
    }
    lock_release(&lock);
    return false;
}

void look_let_go(const struct ref *ref)
{
    record_let_go(ref->record);
    lock_release(&lock);
}

static size_t collect_live(const struct ref *ref, const struct damage_scene *scene)
{
    if (guarded_judges(ref)) { /* nothing is mended */
        return damage_check_live(ref, scene);
    }
    if (look_hold(ref)) {
        struct ref now;
        if (ref_find(ref->start, &now) && now.start == ref->start && now.size == ref->size) {
            damage_check_live(ref, scene);
        }
        look_let_go(ref);
    }
    return scene->found->count;
}

static size_t collect_freed(const struct ref *ref, const struct damage_scene *scene,
                            const struct record *then)
{
    damage_check_freed(ref, scene);
    if (scene->found->count == 0 || !is_unchanged(ref, then) || !record_claim_freed(ref->record)) {
        return scene->found->count = 0;
    }
    damage_settle_freed(ref);
    return scene->found->count;
}

size_t look_at_block(const struct ref *ref, const struct damage_scene *scene,
                     struct damage_found *found)
{
    found->count = 0;
    struct record then;
    memcpy(&then, ref->record, sizeof then);
    enum record_state state = record_state(&then);
    if (LIKELY(!looks_damaged(ref, state)) ||
        !is_damaged(ref, &then, scene->detected == DETECTED_SWEEP)) {
        return 0;
    }
    struct damage_scene closer = *scene;
    closer.found = found;
    closer.only_looks = state == RECORD_FREED;
    return state == RECORD_LIVE ? collect_live(ref, &closer) : collect_freed(ref, &closer, &then);
}

static void visit_run(struct granule *run, enum granule_kind kind, look_visit *visit, void *context)
{
    struct ref ref;
    if (kind == GRANULE_LARGE) {
        large_ref(run, &ref);
        visit(context, &ref);
        return;
    }
    for (uint32_t slot = 0; slot < run->slots.count; slot++) {
        ref_of_either(run, kind == GRANULE_GUARDED, slot, &ref);
        visit(context, &ref);
    }
}

size_t look_each_in_run(size_t granule, look_visit *visit, void *context)
{
    struct granule *run = &arena.granules[granule];
    enum granule_kind kind = granule_kind(run);
    if (kind == GRANULE_FREE) { /* amid a change it may be anything */
        unsigned order = run->order;
        return order < 32 ? (size_t)1 << order : 1;
    }
    bool holds_blocks = kind == GRANULE_SLAB || kind == GRANULE_GUARDED || kind == GRANULE_LARGE;
    int pin = holds_blocks ? pin_run(run, kind) : PIN_NONE;
    if (pin == PIN_NONE) {
        return 1;
    }
    size_t granules = run->granules;
    visit_run(run, kind, visit, context);
    unpin_run(pin);
    return granules > 0 ? granules : 1;
}

size_t look_end(void)
{
    size_t granules = arena.bytes >> GRANULE_SHIFT;
    return buddy_frontier() < granules ? buddy_frontier() : granules;
}

#include "alloc/look.h"

#include <sched.h>
#include <string.h>

#include "alloc/large.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/clock.h"
#include "os/lock.h"
#include "os/peek.h"

enum {
    LOOKS = 3,
    BETWEEN_LOOKS_US = 100, /* far longer than any step from one state of a block to the next */
    PEEK_BYTES = 512,
};

static struct lock lock = LOCK_INIT(LOCK_LOOK);

void look_register_lock(void)
{
    lock_register(&lock);
}

/* Part of the surroundings of a block that may be resized right now: then there may be no memory
 * any more, and what is gone is not damaged. */
static bool peek_is_whole(uintptr_t start, uintptr_t end)
{
    uint64_t words[PEEK_BYTES / sizeof(uint64_t)];
    for (uintptr_t at = start & ~(uintptr_t)7; at < end; at += sizeof words) {
        size_t bytes = end - at < sizeof words ? end - at : sizeof words;
        if (os_peek(at, words, bytes) != bytes) {
            return true;
        }
        uint64_t differ = 0;
        for (size_t i = 0; i < bytes / sizeof *words; i++) {
            uintptr_t address = at + i * sizeof *words;
            uint64_t wrong = words[i] ^ canary_word(address);
            differ |= address < start ? wrong >> 8 * (start & 7) : wrong;
        }
        if (differ != 0) {
            return false;
        }
    }
    return true;
}

static bool live_looks_damaged(const struct ref *ref)
{
    if (granule_kind(ref->run) == GRANULE_SLAB) {
        return !damage_is_absent(ref);
    }
    return !peek_is_whole(ref->front, ref->start) ||
           !peek_is_whole(ref->start + ref->size, ref->end);
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

static void visit_slots(struct granule *slab, look_visit *visit, void *context)
{
    for (uint32_t slot = 0; slot < slab->slab.slots; slot++) {
        struct ref ref;
        ref_of_slot(slab, slot, &ref);
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
    int pin = kind == GRANULE_SLAB || kind == GRANULE_LARGE ? pin_run(run, kind) : PIN_NONE;
    if (pin == PIN_NONE) {
        return 1;
    }
    size_t granules = run->granules;
    if (kind == GRANULE_SLAB) {
        visit_slots(run, visit, context);
    } else {
        struct ref ref;
        large_ref(run, &ref);
        visit(context, &ref);
    }
    unpin_run(pin);
    return granules > 0 ? granules : 1;
}

size_t look_end(void)
{
    size_t granules = arena.bytes >> GRANULE_SHIFT;
    return buddy_frontier() < granules ? buddy_frontier() : granules;
}

#include "alloc/large_held.h"

#include "alloc/damage.h"
#include "alloc/heap.h"
#include "alloc/large.h"
#include "alloc/large_guards.h"
#include "alloc/large_hit.h"
#include "alloc/run_list.h"
#include "alloc/warm_runs.h"
#include "block/quarantine.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/guards.h"
#include "os/lock.h"

enum {
    HELD_MOST = 256,
    SHELF_MOST = RUN_LIST_MOST, /* runs: addresses without memory */
    OUT_MOST = 4,               /* to go for one that comes, so that a release takes bounded time */
};

static struct lock lock = LOCK_INIT(LOCK_LARGE);
static struct quarantine held; /* granule indices; under lock */
static struct run_list shelf;  /* under lock */

void large_held_start(void)
{
    lock_register(&lock);
    warm_runs_register_lock();
}

bool large_keeps_warm(void)
{
    return heap_config.quarantine_cap_bytes == 0 && !heap_config.fill && !large_guards_are_wanted();
}

/* Bytes held back, and as many again on the shelf: an eighth of the addresses that there are. */
static size_t addresses_most(void)
{
    return arena.bytes / 8;
}

struct granule *large_shelf_take(uint32_t granules, const struct large_demand *demand)
{
    struct granule *found = NULL;
    lock_acquire(&lock);
    for (uint32_t i = 0; i < shelf.count && !found; i++) {
        if (shelf.runs[i]->granules == granules && large_can_open_for(shelf.runs[i], demand)) {
            found = run_list_remove(&shelf, i);
        }
    }
    lock_release(&lock);
    return found;
}

/* Where the system refuses to open a run, its addresses are lost rather than handed out closed. */
static void dissolve(struct granule *run)
{
    struct ref ref;
    if (!large_make_writable(run)) {
        return;
    }
    if (!large_has(run, LARGE_CLOSED)) {
        large_ref(run, &ref);
        damage_last_look(&ref);
        if (record_is_told(ref.record) || large_has(run, LARGE_TOLD)) { /* now, or before */
            large_wipe(&ref);
        }
    }
    if (large_unguard(run)) {
        granule_set_kind(run, GRANULE_NONE);
        if (!pin_hand_over(run, PIN_LARGE)) {
            run_free_clean(run, run->granules);
        }
    }
}

/* Of the block that it held nothing is left to find out. */
static void give_back(struct granule *run)
{
    if (large_keeps_warm()) {
        granule_set_kind(run, GRANULE_NONE);
        if (!pin_hand_over(run, PIN_LARGE) && !warm_run_put(run)) {
            run_free(run, run->granules);
        }
        return;
    }
    bool is_all_guard = large_has(run, LARGE_CLOSED) && !large_has(run, LARGE_REOPENED);
    if (!is_all_guard || run_bytes(run) > addresses_most()) {
        dissolve(run);
        return;
    }
    struct granule *out[SHELF_MOST];
    uint32_t outs = 0;
    lock_acquire(&lock);
    while (shelf.count == SHELF_MOST || shelf.bytes + run_bytes(run) > addresses_most()) {
        out[outs++] = run_list_remove(&shelf, 0);
    }
    run_list_add(&shelf, run);
    lock_release(&lock);
    for (uint32_t i = 0; i < outs; i++) {
        dissolve(out[i]);
    }
}

static struct granule *pop_locked(void)
{
    struct granule *oldest = &arena.granules[quarantine_oldest(&held)];
    quarantine_pop(&held, run_bytes(oldest));
    return oldest;
}

bool large_release_held(void)
{
    bool any = warm_runs_drop();
    for (;;) {
        lock_acquire(&lock);
        struct granule *run = shelf.count > 0  ? run_list_remove(&shelf, 0)
                              : held.count > 0 ? pop_locked()
                                               : NULL;
        lock_release(&lock);
        if (!run) {
            return any;
        }
        dissolve(run);
        any = true;
    }
}

static bool is_over_locked(void)
{
    return held.count > HELD_MOST || held.bytes > addresses_most();
}

void large_hold(struct granule *run)
{
    struct granule *out[OUT_MOST] = {0};
    size_t count = 0;
    lock_acquire(&lock);
    if (heap_config.quarantine_cap_bytes == 0 ||
        !quarantine_push(&held, granule_index(run), run_bytes(run))) {
        out[count++] = run;
    }
    while (count < OUT_MOST && held.count > 0 && is_over_locked()) {
        out[count++] = pop_locked();
    }
    lock_release(&lock);
    for (size_t i = 0; i < count; i++) {
        give_back(out[i]);
    }
}

#include "alloc/large.h"

#include <string.h>

#include "alloc/cache.h"
#include "alloc/damage.h"
#include "alloc/heap.h"
#include "alloc/warm_runs.h"
#include "base/checked.h"
#include "block/canary.h"
#include "block/quarantine.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/lock.h"
#include "os/pages.h"

enum { HELD_MOST = 256, LARGEST_GRANULES = 1 << 24 };

static struct lock lock = LOCK_INIT(LOCK_LARGE);
static struct quarantine held; /* granule indices; under lock */

void large_start(void)
{
    lock_register(&lock);
    warm_runs_register_lock();
}

/* Nothing reads what a released block held. */
static bool keeps_warm(void)
{
    return heap_config.quarantine_cap_bytes == 0 && !heap_config.fill;
}

static uintptr_t canary_end(uintptr_t block_end)
{
    return align_up(block_end + heap_config.redzone_bytes, OS_PAGE);
}

/* Granules for a block that begins `front` bytes into its run; 0 if it cannot be. */
static uint32_t granules_for(size_t front, size_t size)
{
    size_t bytes;
    if (!checked_add(front, size, &bytes) ||
        !checked_add(bytes, heap_config.redzone_bytes + OS_PAGE + GRANULE_BYTES, &bytes)) {
        return 0;
    }
    bytes = canary_end(front + size);
    size_t granules = (bytes + GRANULE_BYTES - 1) >> GRANULE_SHIFT;
    return granules <= LARGEST_GRANULES ? (uint32_t)granules : 0;
}

void large_ref(struct granule *run, struct ref *out)
{
    uintptr_t start = granule_start(run) + run->large.start_offset;
    *out = (struct ref){
        .run = run,
        .record = (struct record *)run->large.record,
        .front = start - LARGE_FRONT,
        .start = start,
        .end = canary_end(start + run->large.size_bytes),
        .size = run->large.size_bytes,
    };
}

static size_t run_bytes(const struct granule *run)
{
    return (size_t)run->granules << GRANULE_SHIFT;
}

/* The whole run: a stray write may have gone past the canary, and a run that goes back reads as
 * zero. */
void large_wipe(const struct ref *ref)
{
    if (keeps_warm()) {
        return;
    }
    os_pages_discard((void *)granule_start(ref->run), run_bytes(ref->run));
}

static void give_back(struct granule *run)
{
    struct ref ref;
    if (!keeps_warm()) {
        large_ref(run, &ref);
        damage_last_look(&ref);
        if (record_is_told(ref.record)) { /* now, or before */
            large_wipe(&ref);
        }
    }
    granule_set_kind(run, GRANULE_NONE);
    if (pin_hand_over(run, PIN_LARGE)) {
        return;
    }
    if (!keeps_warm()) {
        run_free_clean(run, run->granules);
    } else if (!warm_run_put(run)) {
        run_free(run, run->granules);
    }
}

bool large_release_held(void)
{
    bool any = warm_runs_drop();
    for (;;) {
        struct granule *oldest = NULL;
        lock_acquire(&lock);
        if (held.count > 0) {
            oldest = &arena.granules[quarantine_oldest(&held)];
            quarantine_pop(&held, run_bytes(oldest));
        }
        lock_release(&lock);
        if (!oldest) {
            return any;
        }
        give_back(oldest);
        any = true;
    }
}

/* A run from the system is zeroed; of a warm one, only what the caller wants to be so. */
static struct granule *take_run(uint32_t granules, bool *is_warm)
{
    struct granule *run = keeps_warm() ? warm_run_take(granules) : NULL;
    *is_warm = run != NULL;
    if (!run) {
        run = run_alloc(granules);
    }
    if (!run && large_release_held()) {
        run = run_alloc(granules);
    }
    return run;
}

bool large_take(const struct large_demand *demand, struct ref *out)
{
    /* A run is aligned to a granule only; a sterner alignment gets that much more room. */
    size_t size = demand->size, alignment = demand->alignment;
    size_t front = alignment > LARGE_FRONT ? alignment : LARGE_FRONT;
    size_t spare = alignment > GRANULE_BYTES ? alignment : 0;
    uint32_t granules;
    if (!checked_add(front, spare, &spare) || (granules = granules_for(spare, size)) == 0) {
        return false;
    }
    bool is_warm;
    struct granule *run = take_run(granules, &is_warm);
    if (!run) {
        return false;
    }
    uintptr_t start = align_up(granule_start(run) + LARGE_FRONT, alignment > 64 ? alignment : 64);
    if (is_warm && demand->zero) {
        memset((void *)start, 0, size);
    }
    run->granules = granules;
    run->large.start_offset = start - granule_start(run);
    run->large.size_bytes = size;
    memset(run->large.record, 0, sizeof run->large.record);
    memset(run->large.history, 0, sizeof run->large.history);
    large_ref(run, out);
    canary_write(out->front, out->start);
    canary_write(out->start + size, out->end);
    return true;
}

void large_publish(const struct ref *ref)
{
    granule_set_kind(ref->run, GRANULE_LARGE);
}

/* Addresses held back: at most an eighth of what there are. */
static bool is_over_locked(void)
{
    return held.count > HELD_MOST || held.bytes > arena.bytes / 8;
}

void large_retire(const struct ref *ref)
{
    struct granule *run = ref->run;
    struct granule *out[4] = {0};
    size_t count = 0;
    lock_acquire(&lock);
    if (heap_config.quarantine_cap_bytes == 0 ||
        !quarantine_push(&held, granule_index(run), run_bytes(run))) {
        out[count++] = run;
    }
    while (count < 4 && held.count > 0 && is_over_locked()) {
        struct granule *oldest = &arena.granules[quarantine_oldest(&held)];
        quarantine_pop(&held, run_bytes(oldest));
        out[count++] = oldest;
    }
    lock_release(&lock);
    for (size_t i = 0; i < count; i++) {
        give_back(out[i]);
    }
}

bool large_resize(struct ref *ref, size_t size)
{
    uint32_t granules = granules_for(ref->run->large.start_offset, size);
    if (granules == 0) {
        return false;
    }
    if (granules > ref->run->granules) {
        /* room to grow again: half as much more, as far as the run can reach */
        uint32_t wanted = granules + granules / 2;
        if (run_extend(ref->run, ref->run->granules, wanted)) {
            granules = wanted;
        } else if (!run_extend(ref->run, ref->run->granules, granules)) {
            return false;
        }
        ref->run->granules = granules;
    }
    uintptr_t old_end = ref->end;
    if (size > ref->size) { /* the old canary becomes the block's: zero, as fresh pages are */
        uintptr_t old_block_end = ref->start + ref->size, new_block_end = ref->start + size;
        memset((void *)old_block_end, 0,
               (old_end < new_block_end ? old_end : new_block_end) - old_block_end);
    }
    ref->run->large.size_bytes = size;
    large_ref(ref->run, ref);
    canary_write(ref->start + size, ref->end);
    if (ref->end < old_end) {
        os_pages_discard((void *)ref->end, old_end - ref->end);
    }
    return true;
}

bool large_move(const struct ref *from, const struct ref *to)
{
    if (from->run->large.start_offset != to->run->large.start_offset || to->size < from->size) {
        return false;
    }
    size_t bytes = from->end - granule_start(from->run); /* whole pages */
    if (!os_pages_move((void *)granule_start(from->run), bytes, (void *)granule_start(to->run))) {
        return false;
    }
    /* The canaries are keyed by address: those that came along are wrong here. */
    uintptr_t moved_end = granule_start(to->run) + bytes, kept_end = to->start + from->size;
    memset((void *)kept_end, 0, moved_end - kept_end);
    canary_write(to->front, to->start);
    canary_write(to->start + to->size, to->end);
    return true;
}

static bool page_is_zero(uintptr_t page, uintptr_t *first)
{
    const uint64_t *words = (const uint64_t *)page;
    for (size_t i = 0; i < OS_PAGE / sizeof *words; i++) {
        if (words[i] != 0) {
            uintptr_t at = page + i * sizeof *words;
            while (*(const volatile uint8_t *)at == 0) {
                at++;
            }
            *first = at;
            return false;
        }
    }
    return true;
}

bool large_late_write(const struct ref *ref, uintptr_t *first, uintptr_t *last_end)
{
    unsigned char resident[256];
    uintptr_t end = granule_start(ref->run) + run_bytes(ref->run);
    for (uintptr_t at = granule_start(ref->run); at < end; at += sizeof resident * OS_PAGE) {
        size_t pages = (end - at) / OS_PAGE;
        pages = pages < sizeof resident ? pages : sizeof resident;
        if (!os_pages_resident((void *)at, pages * OS_PAGE, resident)) {
            return false;
        }
        for (size_t i = 0; i < pages; i++) {
            uintptr_t page = at + i * OS_PAGE;
            if (!(resident[i] & 1) || page_is_zero(page, first)) {
                continue;
            }
            uintptr_t last = page + OS_PAGE;
            while (((const volatile uint8_t *)last)[-1] == 0) {
                last--;
            }
            *last_end = last;
            return true;
        }
    }
    return false;
}

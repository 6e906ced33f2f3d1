#include "alloc/large.h"

#include <string.h>

#include "alloc/allocate.h"
#include "alloc/heap.h"
#include "alloc/known.h"
#include "alloc/large_guards.h"
#include "alloc/large_held.h"
#include "alloc/large_hit.h"
#include "alloc/warm_runs.h"
#include "base/checked.h"
#include "block/canary.h"
#include "heap/buddy.h"
#include "os/pages.h"

enum {
    LARGEST_GRANULES = 1 << 24,
    EXACT_MOST_BYTES = 1 << 20, /* where every block is to touch its guard, realloc moves as much */
};

void large_start(void)
{
    large_held_start();
}

static uint32_t granules_of(size_t bytes)
{
    size_t granules = bytes / GRANULE_BYTES + (bytes % GRANULE_BYTES > 0);
    return granules <= LARGEST_GRANULES ? (uint32_t)granules : 0;
}

void large_ref(struct granule *run, struct ref *out)
{
    *out = (struct ref){
        .run = run,
        .record = (struct record *)run->large.record,
        .front = large_front(run),
        .start = granule_start(run) + run->large.start_offset,
        .end = large_end(run),
        .size = run->large.size_bytes,
    };
}

/* The whole run: a stray write may have gone past the canary, and a run that goes back reads as
 * zero. Guards stay. */
void large_wipe(const struct ref *ref)
{
    os_pages_discard((void *)granule_start(ref->run), run_end(ref->run) - granule_start(ref->run));
}

/* Fresh from the system: zero and without guards. */
static struct granule *take_fresh(uint32_t granules)
{
    struct granule *run = run_alloc(granules);
    return !run && large_release_held() ? run_alloc(granules) : run;
}

static void note(struct granule *run, uint32_t granules, const struct large_demand *demand)
{
    run->granules = granules;
    run->large.start_offset = large_start_offset(granule_start(run), demand);
    run->large.size_bytes = demand->size;
    memset(run->large.record, 0, sizeof run->large.record);
    memset(run->large.history, 0, sizeof run->large.history);
}

/* A run that is all guard, opened for the block. */
static struct granule *take_guarded(uint32_t granules, const struct large_demand *demand)
{
    struct granule *run = large_shelf_take(granules, demand);
    if (!run || !large_make_writable(run)) {
        return NULL;
    }
    granule_set_kind(run, GRANULE_NONE);
    note(run, granules, demand);
    if (!large_open(run)) { /* out of memory: its addresses are lost, they are closed */
        return NULL;
    }
    large_clear(run, LARGE_CLOSED | LARGE_TOLD);
    return run;
}

static struct granule *take_unguarded(uint32_t granules, const struct large_demand *demand)
{
    struct granule *run = large_keeps_warm() ? warm_run_take(granules) : NULL;
    bool is_warm = run != NULL;
    if (!run && !(run = take_fresh(granules))) {
        return NULL;
    }
    note(run, granules, demand);
    atomic_store_explicit(&run->large_guards, 0, memory_order_relaxed);
    if (large_guards_are_wanted()) {
        large_guard(run);
    }
    if (is_warm && demand->zero) {
        memset((void *)(granule_start(run) + run->large.start_offset), 0, demand->size);
    }
    return run;
}

bool large_take(const struct large_demand *demand, struct ref *out)
{
    uint32_t granules = granules_of(large_room(demand));
    if (granules == 0) {
        return false;
    }
    struct granule *run = take_guarded(granules, demand);
    if (!run && !(run = take_unguarded(granules, demand))) {
        return false;
    }
    large_ref(run, out);
    canary_write_exact(out->front, out->start);
    canary_write_exact(out->start + out->size, out->end);
    known_forget(out->front, out->end);
    return true;
}

void large_publish(const struct ref *ref)
{
    granule_set_kind(ref->run, GRANULE_LARGE);
}

void large_retire(const struct ref *ref)
{
    struct granule *run = ref->run;
    unsigned via = record_via(ref->record);
    /* It counts as closed before it counts as released: what is not zero in an open one then was
     * written late. */
    bool closes = large_has(run, LARGE_GUARD_FRONT | LARGE_GUARD_BACK);
    large_set(run, closes ? LARGE_CLOSED : 0);
    large_clear(run, LARGE_TOLD);
    if (closes) {
        record_publish(ref->record, RECORD_FREED, via);
        closes = large_close(run);
    }
    if (!closes) {
        if (!large_keeps_warm()) {
            large_wipe(ref);
        }
        record_publish(ref->record, RECORD_FREED, via);
        large_clear(run, LARGE_CLOSED);
    }
    large_hold(run);
}

/* Bytes of the run if the block were to be so long. */
static uint32_t granules_for(const struct ref *ref, size_t size)
{
    size_t front = ref->start - granule_start(ref->run), bytes;
    const struct large_demand rest = {.size = size, .alignment = 1};
    size_t room = large_room(&rest);
    return room > 0 && checked_add(room, front, &bytes) ? granules_of(bytes) : 0;
}

/* Makes the run so long, and half as much longer if it can be: room to grow again. */
static bool extend(struct granule *run, uint32_t granules)
{
    uint32_t wanted = granules + granules / 2;
    if (!run_extend(run, run->granules, wanted)) {
        wanted = granules;
        if (!run_extend(run, run->granules, wanted)) {
            return false;
        }
    }
    run->granules = wanted;
    return true;
}

/* A block of middling size is moved to its guard, where each is to have one. */
static bool should_move(const struct ref *ref, size_t size)
{
    uintptr_t end = ref->start + size;
    return heap_config.guard == GUARD_ALL && size < EXACT_MOST_BYTES && ref->start % OS_PAGE != 0 &&
           align_up(end, OS_PAGE) - end >= NATURAL_ALIGNMENT;
}

bool large_resize(struct ref *ref, size_t size)
{
    struct granule *run = ref->run;
    uintptr_t old_run_end = run_end(run);
    uint32_t granules = granules_for(ref, size);
    if (granules == 0 || !large_make_writable(run) || should_move(ref, size) ||
        (granules > run->granules && !extend(run, granules))) {
        return false;
    }
    uintptr_t old_block_end = ref->start + ref->size, new_block_end = ref->start + size;
    uintptr_t old_end = ref->end, new_end = align_up(new_block_end, OS_PAGE);
    bool has_guard = large_has(run, LARGE_GUARD_BACK);
    /* Whoever looks into the block never finds pages closed that it has. */
    run->large.size_bytes = size < ref->size ? size : ref->size;
    if (has_guard && !large_move_guard(run, old_end, new_end, old_run_end)) {
        run->large.size_bytes = ref->size;
        return false;
    }
    if (size > ref->size) { /* the old canary becomes the block's: zero, as fresh pages are */
        memset((void *)old_block_end, 0,
               (old_end < new_block_end ? old_end : new_block_end) - old_block_end);
    }
    run->large.size_bytes = size;
    large_ref(run, ref);
    canary_write_exact(new_block_end, ref->end);
    known_forget(ref->start, ref->end);
    if (!has_guard && ref->end < old_end) {
        os_pages_discard((void *)ref->end, old_end - ref->end);
    }
    return true;
}

bool large_move(const struct ref *from, const struct ref *to)
{
    if (from->start % OS_PAGE != to->start % OS_PAGE || to->size < from->size) {
        return false;
    }
    uintptr_t old_pages = align_down(from->start, OS_PAGE);
    uintptr_t new_pages = align_down(to->start, OS_PAGE);
    size_t bytes = align_up(from->start + from->size, OS_PAGE) - old_pages;
    bool moved = os_pages_move((void *)old_pages, bytes, (void *)new_pages);
    if (moved) {
        uintptr_t kept_end = to->start + from->size;
        memset((void *)kept_end, 0, new_pages + bytes - kept_end);
    }
    /* Canaries are keyed by address: those that came along are wrong here. Where nothing moved, it
     * may have taken away what stood here. */
    canary_write_exact(to->front, to->start);
    canary_write_exact(to->start + to->size, to->end);
    return moved;
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
    uintptr_t end = run_end(ref->run);
    if (large_has(ref->run, LARGE_CLOSED) || large_has(ref->run, LARGE_TOLD)) {
        return false;
    }
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

#include "alloc/large_guards.h"

#include "alloc/guarded.h"
#include "alloc/heap.h"
#include "alloc/large_hit.h"
#include "base/align.h"
#include "base/checked.h"
#include "os/guards.h"
#include "os/pages.h"

bool large_guards_are_wanted(void)
{
    return heap_config.guard != GUARD_OFF;
}

size_t large_start_offset(uintptr_t run, const struct large_demand *demand)
{
    size_t alignment = demand->alignment, size = demand->size;
    if (!large_guards_are_wanted()) {
        return align_up(run + LARGE_FRONT, alignment > 64 ? alignment : 64) - run;
    }
    alignment = guarded_alignment(size, alignment);
    uintptr_t first = align_up(run + OS_PAGE, alignment);
    if (demand->has_phase) {
        return first + demand->phase - run;
    }
    enum guard_side side = demand->side;
    if (!guarded_stands_at_end(size,
                               side == GUARD_SIDE_AUTO ? heap_config.guard_side_large : side)) {
        return first - run;
    }
    return align_down(align_up(first + size, OS_PAGE) - size, alignment) - run;
}

static uintptr_t block_start(const struct granule *run)
{
    return granule_start(run) + run->large.start_offset;
}

static uintptr_t canary_end(uintptr_t block_end)
{
    return align_up(block_end + heap_config.redzone_bytes, OS_PAGE);
}

size_t large_room(const struct large_demand *demand)
{
    /* A run is aligned to a granule only; a sterner alignment gets that much more room. */
    size_t least = large_guards_are_wanted() ? OS_PAGE : LARGE_FRONT;
    size_t front = demand->alignment > least ? demand->alignment : least;
    size_t spare = demand->alignment > GRANULE_BYTES ? demand->alignment : 0;
    size_t phase = demand->has_phase ? OS_PAGE : 0, bytes;
    if (!checked_add(front, spare, &front) || !checked_add(front, demand->size, &bytes) ||
        !checked_add(bytes, phase, &bytes) ||
        !checked_add(bytes, heap_config.redzone_bytes + 2 * OS_PAGE + GRANULE_BYTES, &front)) {
        return 0;
    }
    return canary_end(bytes) + (large_guards_are_wanted() ? OS_PAGE : 0);
}

uintptr_t large_front(const struct granule *run)
{
    uintptr_t start = block_start(run);
    return large_has(run, LARGE_GUARD_FRONT) ? align_down(start, OS_PAGE) : start - LARGE_FRONT;
}

uintptr_t large_end(const struct granule *run)
{
    uintptr_t end = block_start(run) + run->large.size_bytes;
    return large_has(run, LARGE_GUARD_BACK) ? align_up(end, OS_PAGE) : canary_end(end);
}

/* The pages of a block that has both guards. */
static uintptr_t pages_start(const struct granule *run)
{
    return align_down(block_start(run), OS_PAGE);
}

static uintptr_t pages_end(const struct granule *run)
{
    return align_up(block_start(run) + run->large.size_bytes, OS_PAGE);
}

void large_guard(struct granule *run)
{
    uintptr_t start = granule_start(run), front = pages_start(run), back = pages_end(run);
    if (os_guard_install((void *)start, front - start)) {
        large_set(run, LARGE_GUARD_FRONT);
    }
    if (os_guard_install((void *)back, run_end(run) - back)) {
        large_set(run, LARGE_GUARD_BACK);
    }
    guarded_count(large_has(run, LARGE_GUARD_FRONT | LARGE_GUARD_BACK));
}

bool large_unguard(struct granule *run)
{
    uintptr_t start = granule_start(run), front = pages_start(run), back = pages_end(run);
    if (!large_make_writable(run)) {
        return false;
    }
    if (large_has(run, LARGE_CLOSED) && !os_guard_open((void *)front, back - front)) {
        return false;
    }
    large_clear(run, LARGE_CLOSED);
    if ((large_has(run, LARGE_GUARD_FRONT) && !os_guard_remove((void *)start, front - start)) ||
        (large_has(run, LARGE_GUARD_BACK) && !os_guard_remove((void *)back, run_end(run) - back))) {
        return false;
    }
    large_clear(run, LARGE_GUARD_FRONT | LARGE_GUARD_BACK);
    return true;
}

bool large_close(struct granule *run)
{
    uintptr_t start = granule_start(run), front = pages_start(run), back = pages_end(run);
    if (!large_has(run, LARGE_GUARD_FRONT | LARGE_GUARD_BACK)) {
        return false;
    }
    if (large_has(run, LARGE_REOPENED)) {
        if (!large_make_writable(run) || !os_guard_extend((void *)start, front - start) ||
            !os_guard_extend((void *)back, run_end(run) - back)) {
            return false;
        }
        large_clear(run, LARGE_REOPENED);
    }
    return os_guard_close((void *)front, back - front);
}

bool large_can_open_for(const struct granule *run, const struct large_demand *demand)
{
    uintptr_t front = pages_start(run), back = pages_end(run), start = granule_start(run);
    if (back - front < OS_GUARD_LONG && run_end(run) - start < OS_GUARD_LONG) {
        return true;
    }
    start += large_start_offset(start, demand);
    return align_down(start, OS_PAGE) == front && align_up(start + demand->size, OS_PAGE) == back;
}

bool large_open(struct granule *run)
{
    uintptr_t front = pages_start(run);
    if (!os_guard_open((void *)front, pages_end(run) - front)) {
        return false;
    }
    guarded_count(true);
    return true;
}

bool large_move_guard(struct granule *run, uintptr_t old_end, uintptr_t new_end,
                      uintptr_t old_run_end)
{
    if (new_end < old_end && !os_guard_extend((void *)new_end, old_end - new_end)) {
        return false;
    }
    uintptr_t from = new_end > old_run_end ? new_end : old_run_end;
    if (from < run_end(run) && !os_guard_extend((void *)from, run_end(run) - from)) {
        return false;
    }
    uintptr_t to = new_end < old_run_end ? new_end : old_run_end;
    return to <= old_end || os_guard_shorten((void *)old_end, to - old_end);
}

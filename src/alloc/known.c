#include "alloc/known.h"

#include <stdatomic.h>
#include <stddef.h>

#include "os/lock.h"

enum { RANGES = 512 };

static struct lock lock = LOCK_INIT(LOCK_KNOWN);
static struct range {
    uintptr_t start, end; /* empty: free */
} ranges[RANGES];
static atomic_bool is_used;
static unsigned oldest; /* what is replaced next when none is free */

void known_start(void)
{
    lock_register(&lock);
}

static void put_locked(uintptr_t start, uintptr_t end)
{
    for (size_t i = 0; i < RANGES; i++) {
        struct range *range = &ranges[i];
        if (range->start < range->end && start <= range->end && end >= range->start) {
            range->start = start < range->start ? start : range->start;
            range->end = end > range->end ? end : range->end;
            return;
        }
    }
    for (size_t i = 0; i < RANGES; i++) {
        if (ranges[i].start == ranges[i].end) {
            ranges[i] = (struct range){start, end};
            return;
        }
    }
    ranges[oldest] = (struct range){start, end};
    oldest = (oldest + 1) % RANGES;
}

void known_add(uintptr_t start, uintptr_t end)
{
    if (start < end && lock_try(&lock)) {
        atomic_store_explicit(&is_used, true, memory_order_relaxed);
        put_locked(start, end);
        lock_release(&lock);
    }
}

static void undo_locked(uintptr_t start, uintptr_t end,
                        void (*mend)(uintptr_t first, uintptr_t last_end))
{
    for (size_t i = 0; i < RANGES; i++) {
        struct range *range = &ranges[i], was = *range;
        if (was.start >= was.end || was.end <= start || end <= was.start) {
            continue;
        }
        mend(was.start > start ? was.start : start, was.end < end ? was.end : end);
        *range = (struct range){0};
        if (was.start < start) {
            put_locked(was.start, start);
        }
        if (end < was.end) {
            put_locked(end, was.end);
        }
    }
}

void known_undo(uintptr_t start, uintptr_t end, void (*mend)(uintptr_t first, uintptr_t last_end))
{
    if (atomic_load_explicit(&is_used, memory_order_relaxed) && lock_try(&lock)) {
        undo_locked(start, end, mend);
        lock_release(&lock);
    }
}

static void leave(uintptr_t first UNUSED, uintptr_t last_end UNUSED)
{
}

void known_forget(uintptr_t start, uintptr_t end)
{
    known_undo(start, end, leave);
}

bool known_around(uintptr_t at, uintptr_t *start, uintptr_t *end)
{
    bool found = false;
    if (lock_try(&lock)) {
        for (size_t i = 0; i < RANGES && !found; i++) {
            found = ranges[i].start <= at && at < ranges[i].end;
            *start = ranges[i].start;
            *end = ranges[i].end;
        }
        lock_release(&lock);
    }
    return found;
}

bool known_covers(uintptr_t start, uintptr_t end)
{
    bool covers = false;
    if (lock_try(&lock)) {
        for (size_t i = 0; i < RANGES && !covers; i++) {
            covers = ranges[i].start <= start && end <= ranges[i].end;
        }
        lock_release(&lock);
    }
    return covers;
}

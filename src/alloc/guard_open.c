#include "alloc/guard_open.h"

#include <stdatomic.h>

#include "alloc/heap.h"
#include "alloc/large_hit.h"
#include "alloc/ref.h"
#include "block/fill.h"
#include "heap/guarded.h"
#include "os/guards.h"
#include "os/lock.h"
#include "os/pages.h"
#include "os/signals.h"

static struct lock lock = LOCK_INIT(LOCK_OPEN);

void guard_open_start(void)
{
    lock_register(&lock);
}

/* Not in a handler that has interrupted the holder, or who waits for him. */
bool guard_open_enter(struct os_signal_mask *before)
{
    os_signals_hold(before);
    if (!lock_is_held_here()) {
        lock_acquire(&lock);
        return true;
    }
    return lock_try(&lock);
}

void guard_open_leave(bool entered, const struct os_signal_mask *before)
{
    if (entered) {
        lock_release(&lock);
    }
    os_signals_restore(before);
}

/* Whether what the flag stands for has become a block's, or is about to. With the fence before
 * guard_make_writable() in guarded_allocate(): either the flag is seen there, or the block here. */
static bool is_block_by_now(const struct record *record)
{
    atomic_thread_fence(memory_order_seq_cst);
    enum record_state state = record_state(record);
    return state == RECORD_LIVE || state == RECORD_BUSY;
}

static void read_only_locked(struct granule *run, uint32_t slot, unsigned flag,
                             const struct guard_hit *hit)
{
    guarded_set(run, slot, flag << GUARDED_READ_SHIFT);
    bool is_late = flag == GUARDED_OPENED && is_block_by_now(slots_record(run, slot));
    if (is_late || !os_guard_read_only((void *)hit->pages, hit->pages_bytes)) {
        guarded_clear(run, slot, flag << GUARDED_READ_SHIFT);
    }
}

static bool open_locked(struct granule *run, uint32_t slot, unsigned flag,
                        const struct guard_hit *hit)
{
    bool is_new = !guarded_has(run, slot, flag);
    bool reads = guarded_has(run, slot, flag << GUARDED_READ_SHIFT);
    if (!is_new && reads && hit->is_read) {
        return true;
    }
    if (!os_guard_open((void *)hit->pages, hit->pages_bytes)) {
        return false;
    }
    if (reads) { /* a new one: it was closed by who could not mend it */
        if (!os_guard_read_write((void *)hit->pages, hit->pages_bytes)) {
            return hit->is_read && !hit->is_data;
        }
        guarded_clear(run, slot, flag << GUARDED_READ_SHIFT);
    }
    if (is_new && hit->is_data) {
        fill_write(hit->pages, hit->pages_bytes, heap_freed_pattern);
    }
    guarded_set(run, slot, flag);
    if (is_new && hit->is_read) {
        read_only_locked(run, slot, flag, hit);
    }
    return true;
}

/* Who cannot have the lock opens in full. */
static bool open_as_it_is(struct granule *run, uint32_t slot, unsigned flag,
                          const struct guard_hit *hit)
{
    guarded_set(run, slot, flag);
    return os_guard_open((void *)hit->pages, hit->pages_bytes) &&
           (!guarded_has(run, slot, flag << GUARDED_READ_SHIFT) ||
            os_guard_read_write((void *)hit->pages, hit->pages_bytes));
}

/* 0: pages of a slot that was no block yet, and has no flag for it. */
static unsigned flag_of(const struct granule *run, uint32_t slot, const struct guard_hit *hit)
{
    uintptr_t data = slots_start(run, slot);
    return hit->is_data         ? GUARDED_OPENED
           : hit->pages == data ? 0
           : hit->pages < data  ? GUARDED_AHEAD
                                : GUARDED_BEHIND;
}

bool guard_open_slot(struct granule *run, const struct guard_hit *hit)
{
    uint32_t slot = slots_index_at(run, hit->pages);
    unsigned flag = flag_of(run, slot, hit);
    bool is_freed = record_state(slots_record(run, slot)) == RECORD_FREED;
    if (hit->is_data && !is_freed) {
        return true; /* it became a block again: its pages are open */
    }
    if (flag == 0) {
        return os_guard_open((void *)hit->pages, hit->pages_bytes);
    }
    struct os_signal_mask before;
    bool entered = guard_open_enter(&before);
    bool done = entered ? open_locked(run, slot, flag, hit) : open_as_it_is(run, slot, flag, hit);
    guard_open_leave(entered, &before);
    return done;
}

static bool writable_locked(struct granule *run, uint32_t slot, unsigned flag, uintptr_t pages,
                            size_t bytes)
{
    if (!guarded_has(run, slot, flag)) {
        return true;
    }
    if (!os_guard_read_write((void *)pages, bytes)) {
        return false;
    }
    guarded_clear(run, slot, flag);
    return true;
}

void guard_end_reading(struct granule *run, uint32_t slot)
{
    uint32_t ahead = slot == 0 ? 0 : slot - 1;
    unsigned flag_ahead = slot == 0 ? GUARDED_AHEAD_READ : GUARDED_BEHIND_READ;
    if (LIKELY(!guarded_has(run, ahead, flag_ahead) &&
               !guarded_has(run, slot, GUARDED_BEHIND_READ))) {
        return;
    }
    struct os_signal_mask before;
    bool entered = guard_open_enter(&before);
    uintptr_t data = slots_start(run, slot);
    if (entered) { /* else it stays so: a guard that is closed may be */
        (void)!writable_locked(run, ahead, flag_ahead, data - OS_PAGE, OS_PAGE);
        (void)!writable_locked(run, slot, GUARDED_BEHIND_READ, data + guarded_data_bytes(run),
                               OS_PAGE);
    }
    guard_open_leave(entered, &before);
}

bool guard_make_writable(struct granule *run, uint32_t slot)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (LIKELY(!guarded_has(run, slot, GUARDED_OPENED_READ))) {
        return true;
    }
    struct os_signal_mask before;
    bool entered = guard_open_enter(&before);
    bool done = entered && writable_locked(run, slot, GUARDED_OPENED_READ, slots_start(run, slot),
                                           guarded_data_bytes(run));
    guard_open_leave(entered, &before);
    return done;
}

void guard_settle(uintptr_t address)
{
    struct granule *run = run_head(address);
    if (run && granule_kind(run) == GRANULE_LARGE) {
        (void)!large_make_writable(run);
    } else if (run && granule_kind(run) == GRANULE_GUARDED) {
        uint32_t slot = slots_index_at(run, address);
        if (slot < run->slots.count) {
            (void)!guard_make_writable(run, slot);
        }
    }
}

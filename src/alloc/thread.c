#include "alloc/thread.h"

#include "alloc/generation.h"
#include "alloc/guarded.h"
#include "alloc/heap.h"
#include "alloc/stats.h"
#include "alloc/thread_names.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/entropy.h"
#include "os/lock.h"
#include "os/own.h"
#include "stack/start.h"

enum {
    REBALANCE_EVERY = 256, /* releases between two looks at the quarantine's limit */
    THREAD_QUARANTINE_LEAST = 64 * 1024,
};

THREAD_LOCAL struct thread *thread_current, *thread_behind_door;

void (*thread_entered)(void);

static struct lock threads_lock = LOCK_INIT(LOCK_THREADS);
static struct lock shared_lock = LOCK_INIT(LOCK_CACHE);
static struct thread shared = {.shared = true, .cache = {.lock = &shared_lock}};
static struct thread *idle;          /* under threads_lock */
static _Atomic(struct thread *) all; /* only ever grows */
static atomic_uint running;
static atomic_long live_bytes, peak_bytes;

void threads_start(void)
{
    lock_register(&threads_lock);
    lock_register(&shared_lock);
    shared.cache.quarantine.limit_bytes = heap_config.quarantine_follows
                                              ? heap_config.quarantine_floor_bytes
                                              : heap_config.quarantine_cap_bytes;
    if (heap_config.hardens) {
        cache_choose_at_random(&shared.cache, os_entropy());
    }
    atomic_store(&all, &shared);
}

void thread_rebalance(struct thread *thread)
{
    size_t limit = heap_config.quarantine_cap_bytes;
    if (heap_config.quarantine_follows) {
        size_t quarter = (size_t)atomic_load_explicit(&live_bytes, memory_order_relaxed) / 4;
        limit = quarter < limit ? quarter : limit;
        limit =
            limit > heap_config.quarantine_floor_bytes ? limit : heap_config.quarantine_floor_bytes;
    }
    unsigned threads = atomic_load_explicit(&running, memory_order_relaxed);
    if (threads > 1 && limit > 0) {
        size_t least = limit < THREAD_QUARANTINE_LEAST ? limit : THREAD_QUARANTINE_LEAST;
        limit /= threads;
        limit = limit > least ? limit : least;
    }
    thread->cache.quarantine.limit_bytes = limit;
    thread->until_rebalance = REBALANCE_EVERY;
}

void thread_settle(struct thread *thread)
{
    thread_add(&thread->frees, thread->cache.fresh_count);
    cache_take_in(&thread->cache);
    thread_change_live(thread, 0);
    thread_rebalance(thread);
}

static struct thread *make(void)
{
    lock_acquire(&threads_lock);
    struct thread *thread = idle;
    if (thread) {
        idle = thread->next_idle;
    }
    lock_release(&threads_lock);
    if (thread) {
        return thread;
    }
    thread = own_alloc_record(sizeof *thread);
    if (thread) {
        thread->next_all = atomic_load(&all);
        while (!atomic_compare_exchange_weak(&all, &thread->next_all, thread)) {
        }
    }
    return thread;
}

struct thread *thread_enter(uintptr_t stack_low, uintptr_t stack_high)
{
    struct thread *thread = thread_current ? thread_current : make();
    if (!thread) {
        return &shared; /* and try again the next time */
    }
    if (thread == &shared) {
        return thread;
    }
    if (!thread_current) {
        atomic_fetch_add(&running, 1);
        thread_rebalance(thread);
        thread->number = thread_name_register();
        if (heap_config.hardens) {
            cache_choose_at_random(&thread->cache, os_entropy());
        }
        thread_current = thread;
        if (thread_entered) {
            thread_entered();
        }
    }
    if (heap_config.hardens) {
        return thread;
    }
    if (thread->stacks) {
        stack_cache_set_bounds(thread->stacks, stack_low, stack_high);
    } else {
        thread->stacks = stack_cache_create(stack_low, stack_high);
    }
    return thread;
}

void thread_leave(void)
{
    struct thread *thread = thread_current;
    if (!thread || thread->shared) {
        thread_current = &shared;
        return;
    }
    thread_name_keep(thread->number);
    thread_current = &shared;
    thread_settle(thread);
    lock_acquire(&shared_lock);
    thread_rebalance(&shared);
    lock_release(&shared_lock);
    cache_empty(&thread->cache, &shared.cache);
    atomic_fetch_sub(&running, 1);
    lock_acquire(&threads_lock);
    thread->next_idle = idle;
    idle = thread;
    lock_release(&threads_lock);
}

void threads_after_fork(void)
{
    pins_after_fork();
    if (atomic_exchange(&running, 1) > 1) {
        heap_inherit_all();
    }
    if (thread_current && !thread_current->shared) {
        thread_name_after_fork(thread_current->number);
        thread_current->cache.random ^= os_entropy(); /* children are not to be alike */
    }
}

void thread_report_change(int64_t change, int64_t highest)
{
    long now = atomic_fetch_add_explicit(&live_bytes, change, memory_order_relaxed) + highest;
    long peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    while (now > peak && !atomic_compare_exchange_weak_explicit(
                             &peak_bytes, &peak, now, memory_order_relaxed, memory_order_relaxed)) {
    }
}

size_t thread_live_bytes(void)
{
    long now = atomic_load_explicit(&live_bytes, memory_order_relaxed);
    return now > 0 ? (size_t)now : 0;
}

void thread_count_shared(struct thread *thread, unsigned came, size_t came_bytes, unsigned went,
                         size_t went_bytes)
{
    atomic_fetch_add_explicit(&thread->allocations, came, memory_order_relaxed);
    atomic_fetch_add_explicit(&thread->allocated_bytes, came_bytes, memory_order_relaxed);
    atomic_fetch_add_explicit(&thread->frees, went, memory_order_relaxed);
    atomic_fetch_add_explicit(&thread->freed_bytes, went_bytes, memory_order_relaxed);
    int64_t change = (int64_t)came_bytes - (int64_t)went_bytes;
    thread_report_change(change, change);
}

void thread_trim(void)
{
    cache_trim(&thread_get()->cache);
}

struct heap_stats heap_stats(void)
{
    struct heap_stats stats = {.unquarantined = cache_unquarantined()};
    uint64_t allocated = 0, freed = 0;
    long total = atomic_load_explicit(&live_bytes, memory_order_relaxed);
    long peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    for (struct thread *thread = atomic_load(&all); thread; thread = thread->next_all) {
        stats.allocations += atomic_load_explicit(&thread->allocations, memory_order_relaxed);
        stats.frees += atomic_load_explicit(&thread->frees, memory_order_relaxed) +
                       __atomic_load_n(&thread->cache.fresh_count, __ATOMIC_RELAXED);
        allocated += atomic_load_explicit(&thread->allocated_bytes, memory_order_relaxed);
        freed += atomic_load_explicit(&thread->freed_bytes, memory_order_relaxed);
        stats.quarantine_bytes += thread->cache.quarantine.bytes;
        long high = total + __atomic_load_n(&thread->unreported_highest, __ATOMIC_RELAXED);
        peak = high > peak ? high : peak;
    }
    stats.live_blocks = stats.allocations > stats.frees ? stats.allocations - stats.frees : 0;
    stats.live_bytes = allocated > freed ? allocated - freed : 0;
    stats.peak_bytes = (uint64_t)peak > stats.live_bytes ? (uint64_t)peak : stats.live_bytes;
    struct guarded_counts guards = guarded_counts();
    stats.guarded = guards.guarded;
    stats.guarded_by_mprotect = os_guards_way() == GUARDS_MPROTECT ? guards.guarded : 0;
    stats.unguarded = guards.unguarded;
    stats.arena_bytes = (uint64_t)buddy_granules_in_use() << GRANULE_SHIFT;
    return stats;
}

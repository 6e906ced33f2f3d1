/* What each thread has of its own: cache, remembered stacks, number, figures.
 *
 * Made at a thread's first allocation, passed on when it ends: as many exist as threads ran at the
 * same time, not as many as ever ran. A thread that is ending, or that no memory is left for, uses
 * one that all such threads share. */
#ifndef ALLOC_THREAD_H
#define ALLOC_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "alloc/cache.h"
#include "base/compiler.h"
#include "stack/stack.h"

struct thread {
    struct stack_cache *stacks; /* NULL: every stack is walked */
    uint16_t number;            /* see alloc/thread_names.h; 0: unknown */
    bool shared;                /* the one of threads without their own */
    uint32_t until_rebalance;
    uint32_t until_guarded; /* allocations; counted where heap_config.hardens */

    /* Figures: written by the owner, read by anybody. */
    atomic_ulong allocations, frees;
    atomic_ulong allocated_bytes, freed_bytes;
    int32_t unreported_bytes;   /* change of live bytes not yet in the total */
    int32_t unreported_highest; /* most of that since the last report; others read it */

    struct thread *next_all;  /* list of all, never shrinks; written once */
    struct thread *next_idle; /* under LOCK_THREADS */
    struct cache cache;
};

/* NULL before the first allocation, and while this thread's door is shut (alloc/door.h): then its
 * structure is kept in the other one. */
extern HIDDEN THREAD_LOCAL struct thread *thread_current, *thread_behind_door;

/* Called on a thread that got its own: whoever sees threads end registers it there. May be NULL. */
extern void (*thread_entered)(void);

void threads_start(void);

/* The calling thread's own; never NULL after heap_start(). The stack bounds, 0 if unknown, are
 * those that stack_capture() may follow frames in. */
struct thread *thread_enter(uintptr_t stack_low, uintptr_t stack_high);

static ALWAYS_INLINE struct thread *thread_get(void)
{
    struct thread *thread = thread_current;
    return LIKELY(thread != NULL) ? thread : thread_enter(0, 0);
}

/* The calling thread ends: what it has goes to others; what it still allocates comes from the
 * shared one. */
void thread_leave(void);

/* In the child of a fork, which has one thread. */
void threads_after_fork(void);

/* Adds to the total of live bytes, and follows its peak: on the way to this change the total was
 * once higher than before by `highest`. */
void thread_report_change(int64_t change, int64_t highest);

/* Of all threads, but for what each has not yet made known. */
size_t thread_live_bytes(void);

/* Sets the limit of the thread's quarantine anew. */
void thread_rebalance(struct thread *thread);

/* Gives idle memory of the calling thread's cache back. */
void thread_trim(void);

enum { THREAD_REPORT_STEP = 16 * 1024 }; /* change of live bytes that is made known at once */

/* Takes in what the cache was given by cache_put_fresh(), makes the change of live bytes known, and
 * sets the quarantine's limit anew. */
void thread_settle(struct thread *thread);

static inline void thread_change_live(struct thread *thread, int64_t change)
{
    int64_t now = thread->unreported_bytes + change;
    if (UNLIKELY(now >= THREAD_REPORT_STEP || now <= -THREAD_REPORT_STEP)) {
        int64_t highest = thread->unreported_highest;
        thread_report_change(now, now > highest ? now : highest);
        thread->unreported_bytes = 0;
        __atomic_store_n(&thread->unreported_highest, 0, __ATOMIC_RELAXED);
        return;
    }
    thread->unreported_bytes = (int32_t)now;
    if (UNLIKELY(now > thread->unreported_highest)) {
        __atomic_store_n(&thread->unreported_highest, (int32_t)now, __ATOMIC_RELAXED);
    }
}

/* A plain add, since there is one writer. */
static inline void thread_add(atomic_ulong *figure, unsigned long by)
{
    atomic_store_explicit(figure, atomic_load_explicit(figure, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

/* The same for the shared one, which has many writers: blocks and bytes that came and went. */
void thread_count_shared(struct thread *thread, unsigned came, size_t came_bytes, unsigned went,
                         size_t went_bytes);

/* Of small blocks, by a thread of its own: true where thread_settle() is to follow. */
static ALWAYS_INLINE MUST_USE bool thread_count_own_allocation(struct thread *thread, size_t bytes)
{
    thread_add(&thread->allocations, 1);
    thread_add(&thread->allocated_bytes, bytes);
    int32_t now = thread->unreported_bytes + (int32_t)bytes;
    thread->unreported_bytes = now;
    if (UNLIKELY(now > thread->unreported_highest)) {
        __atomic_store_n(&thread->unreported_highest, now, __ATOMIC_RELAXED);
    }
    return now >= THREAD_REPORT_STEP;
}

/* Of one that goes to cache_put_fresh(), which counts it. */
static ALWAYS_INLINE void thread_count_own_release(struct thread *thread, size_t bytes)
{
    thread_add(&thread->freed_bytes, bytes);
    thread->unreported_bytes -= (int32_t)bytes;
}

static inline void thread_count_allocation(struct thread *thread, size_t bytes)
{
    if (UNLIKELY(thread->shared)) {
        thread_count_shared(thread, 1, bytes, 0, 0);
        return;
    }
    thread_add(&thread->allocations, 1);
    thread_add(&thread->allocated_bytes, bytes);
    thread_change_live(thread, (int64_t)bytes);
}

static inline void thread_count_release(struct thread *thread, size_t bytes)
{
    if (UNLIKELY(thread->shared)) {
        thread_count_shared(thread, 0, 0, 1, bytes);
        return;
    }
    thread_add(&thread->frees, 1);
    thread_add(&thread->freed_bytes, bytes);
    thread_change_live(thread, -(int64_t)bytes);
    if (UNLIKELY(thread->until_rebalance-- == 0)) {
        thread_rebalance(thread);
    }
}

static inline void thread_count_resize(struct thread *thread, size_t old_bytes, size_t new_bytes)
{
    if (UNLIKELY(thread->shared)) {
        thread_count_shared(thread, 1, new_bytes, 1, old_bytes);
        return;
    }
    thread_add(&thread->allocations, 1);
    thread_add(&thread->frees, 1);
    thread_add(&thread->allocated_bytes, new_bytes);
    thread_add(&thread->freed_bytes, old_bytes);
    thread_change_live(thread, (int64_t)new_bytes - (int64_t)old_bytes);
}

#endif

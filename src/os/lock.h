/* Ranked locks on a futex. A thread takes locks in rising rank only; a build with COALMINE_CHECKED
 * proves it. Locks are held for short, bounded work: no unwinding, printing or unmapping under
 * them.
 *
 * Fork: os_lock_all() in the parent before, os_unlock_all() in both after. A child made behind our
 * back (_Fork, clone) may inherit a lock taken by a thread it does not have: whoever waits looks
 * for that and, in such a child, takes the lock over. Async-signal-safe only through lock_try(). */
#ifndef OS_LOCK_H
#define OS_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* In the order in which they are taken. */
enum lock_rank {
    LOCK_START,   /* first-time initialization */
    LOCK_REPORT,  /* one finding is told at a time */
    LOCK_SCAN,    /* one leak scan at a time */
    LOCK_ROOTS,   /* regions that the program declared */
    LOCK_THREADS, /* list of threads */
    LOCK_CACHE,   /* the cache of threads that have none of their own */
    LOCK_CLASS,   /* slabs of one size class */
    LOCK_LARGE,   /* large blocks and their quarantine */
    LOCK_BUDDY,   /* runs of pages */
    LOCK_LEARN,   /* libunwind and the table of frame rules */
    LOCK_MODULES, /* list of modules */
    LOCK_DEPOT,   /* storing a new stack */
    LOCK_LOOK,    /* a live block is held for a look at it */
    LOCK_KNOWN,   /* damage that was told of */
    LOCK_OPEN,    /* guards that a program ran into are opened */
    LOCK_OWN,     /* memory for our own records */
    LOCK_RANKS,
};

struct lock {
    atomic_uint word;  /* 0 free, 1 taken, 2 taken with waiters */
    uint8_t rank;      /* enum lock_rank */
    struct lock *next; /* all locks, for fork; written once, at registration */
};

#define LOCK_INIT(lock_rank) \
    { \
        .rank = (lock_rank) \
    }

void lock_acquire(struct lock *lock);
MUST_USE bool lock_try(struct lock *lock);
void lock_release(struct lock *lock);
bool lock_is_held(const struct lock *lock); /* by somebody; for assertions */

/* True while the calling thread has a lock of ours, or is about to have one. Async-signal-safe. */
MUST_USE bool lock_is_held_here(void);

/* For a signal handler that may not go on while the thread it interrupted has a lock: true if that
 * is so; lock_freed() is then called on this thread once it has none. */
MUST_USE bool lock_call_when_free(void);
extern void (*lock_freed)(void); /* set before the first such call */

/* Makes the lock known to os_lock_all(). Once per lock, before the first fork; single-threaded. */
void lock_register(struct lock *lock);
void os_lock_all(void);
void os_unlock_all(void);

/* Starts the watch for children made behind our back. */
void os_lock_watch_forks(void);

/* True in such a child until it had to take a lock over or had all unlocked; false in one that runs
 * in its parent's memory (vfork). */
bool os_lock_is_forked(void);

/* In such a child, which has one thread: all locks are free. */
void os_lock_take_over(void);

#endif

#include "os/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os/pages.h"
#include "os/panic.h"

static struct lock *all_locks[LOCK_RANKS];

/* Set in a page that children of any kind of fork find wiped. */
static atomic_uint *still_parent;

/* Of this thread: locks it has, or is about to have; and that lock_freed() is to be called once
 * that is none. Signal handlers of the same thread read one and write the other. */
static THREAD_LOCAL volatile unsigned held;
static THREAD_LOCAL volatile bool call_when_free;
void (*lock_freed)(void);

static void enter(void)
{
    held++;
    atomic_signal_fence(memory_order_seq_cst);
}

static void leave(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    if (--held == 0 && UNLIKELY(call_when_free)) {
        call_when_free = false;
        lock_freed();
    }
}

bool lock_is_held_here(void)
{
    return held > 0;
}

bool lock_call_when_free(void)
{
    call_when_free = held > 0;
    return call_when_free;
}

void os_lock_watch_forks(void)
{
    if (!still_parent) {
        still_parent = os_pages_map_wiped_on_fork();
    }
    if (still_parent) {
        atomic_store(still_parent, 1);
    }
}

#ifdef COALMINE_CHECKED
static THREAD_LOCAL unsigned held_ranks;

static void note_taken(const struct lock *lock)
{
    INVARIANT(held_ranks >> lock->rank == 0);
    held_ranks |= 1u << lock->rank;
}

static void forget_taken(void)
{
    held_ranks = 0;
}

static void note_released(const struct lock *lock)
{
    held_ranks &= ~(1u << lock->rank);
}
#else
static void note_taken(const struct lock *lock UNUSED)
{
}

static void forget_taken(void)
{
}

static void note_released(const struct lock *lock UNUSED)
{
}
#endif

static void futex(atomic_uint *word, int op, unsigned value, const struct timespec *timeout)
{
    int saved = errno;
    syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
    errno = saved;
}

static void free_all(void)
{
    for (int rank = LOCK_RANKS - 1; rank >= 0; rank--) {
        for (struct lock *lock = all_locks[rank]; lock; lock = lock->next) {
            if (atomic_exchange(&lock->word, 0) == 2) {
                futex(&lock->word, FUTEX_WAKE, 1, NULL);
            }
        }
    }
    if (still_parent) {
        atomic_store(still_parent, 1);
    }
}

/* Drepper, "Futexes are tricky" (2011), mutex 2; the wait wakes up now and then to look for a fork.
 */
static NOINLINE void wait_for(struct lock *lock)
{
    const struct timespec a_while = {.tv_nsec = 20 * 1000 * 1000};
    while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0) {
        futex(&lock->word, FUTEX_WAIT, 2, &a_while);
        if (still_parent && atomic_load(still_parent) == 0) {
            free_all(); /* the holder is not in this process */
            forget_taken();
        }
    }
}

void lock_acquire(struct lock *lock)
{
    unsigned is_free = 0;
    enter();
    if (UNLIKELY(!atomic_compare_exchange_strong_explicit(
            &lock->word, &is_free, 1, memory_order_acquire, memory_order_relaxed))) {
        wait_for(lock);
    }
    note_taken(lock);
}

bool lock_try(struct lock *lock)
{
    unsigned is_free = 0;
    enter();
    bool taken = atomic_compare_exchange_strong_explicit(
        &lock->word, &is_free, 1, memory_order_acquire, memory_order_relaxed);
    if (taken) {
        note_taken(lock);
    } else {
        leave();
    }
    return taken;
}

void lock_release(struct lock *lock)
{
    note_released(lock);
    if (UNLIKELY(atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2)) {
        futex(&lock->word, FUTEX_WAKE, 1, NULL);
    }
    leave();
}

bool lock_is_held(const struct lock *lock)
{
    return atomic_load_explicit(&lock->word, memory_order_relaxed) != 0;
}

void lock_register(struct lock *lock)
{
    lock->next = all_locks[lock->rank];
    all_locks[lock->rank] = lock;
}

bool os_lock_is_forked(void)
{
    return still_parent && atomic_load(still_parent) == 0;
}

void os_lock_take_over(void)
{
    free_all();
}

void os_lock_all(void)
{
    enter();
    for (int rank = 0; rank < LOCK_RANKS; rank++) {
        for (struct lock *lock = all_locks[rank]; lock; lock = lock->next) {
            unsigned is_free = 0;
            if (!atomic_compare_exchange_strong(&lock->word, &is_free, 1)) {
                wait_for(lock);
            }
        }
    }
}

void os_unlock_all(void)
{
    free_all();
    if (held > 0) {
        leave();
    }
}

/* os/lock: exclusion, and what becomes of locks in children. */
#include "os/lock.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"

static struct lock lock = LOCK_INIT(LOCK_OWN);
static struct lock outer = LOCK_INIT(LOCK_SCAN);
static unsigned long counter;

static void *count(void *context)
{
    for (int i = 0; i < 100000; i++) {
        lock_acquire(&lock);
        counter++;
        lock_release(&lock);
    }
    return context;
}

START_TEST(test_one_thread_at_a_time)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(counter, THREADS * 100000ul);
    ck_assert(!lock_is_held(&lock));
}
END_TEST

START_TEST(test_try_does_not_wait_and_errno_stays)
{
    errno = EDOM;
    ck_assert(lock_try(&lock));
    ck_assert(lock_is_held(&lock));
    ck_assert(!lock_try(&lock));
    lock_release(&lock);
    ck_assert(lock_try(&lock));
    lock_release(&lock);
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

static void *take_and_note(void *context)
{
    lock_acquire(&lock);
    *(volatile bool *)context = true;
    lock_release(&lock);
    return NULL;
}

START_TEST(test_a_waiter_gets_the_lock_when_it_is_free)
{
    volatile bool taken = false;
    lock_acquire(&lock);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, take_and_note, (void *)&taken), 0);
    usleep(50000); /* longer than one turn of the wait */
    ck_assert(!taken);
    lock_release(&lock);
    pthread_join(thread, NULL);
    ck_assert(taken);
}
END_TEST

static volatile int times_freed;

static void note_freed(void)
{
    times_freed++;
}

START_TEST(test_a_handler_is_called_back_when_the_last_lock_is_free)
{
    lock_freed = note_freed;
    ck_assert(!lock_call_when_free());
    lock_acquire(&outer);
    lock_acquire(&lock);
    ck_assert(lock_call_when_free());
    lock_release(&lock);
    ck_assert_int_eq(times_freed, 0);
    lock_release(&outer);
    ck_assert_int_eq(times_freed, 1);
    lock_acquire(&lock);
    ck_assert(!lock_try(&lock)); /* leaves the count as it was */
    lock_release(&lock);
    ck_assert_int_eq(times_freed, 1);
    ck_assert(!lock_call_when_free());
}
END_TEST

/* Status of a child that takes both locks; made by fork or, behind libc's back, by the system
 * call. */
static int child_takes_both(bool plain)
{
    pid_t child = plain ? fork() : (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) {
        alarm(10);
        if (plain) {
            os_unlock_all();
        }
        lock_acquire(&outer);
        lock_acquire(&lock);
        lock_release(&lock);
        lock_release(&outer);
        _exit(0);
    }
    if (plain) {
        os_unlock_all();
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

START_TEST(test_locks_taken_for_a_fork_are_free_on_both_sides)
{
    lock_register(&lock);
    lock_register(&outer);
    os_lock_watch_forks();
    os_lock_all();
    ck_assert(lock_is_held(&lock) && lock_is_held(&outer));
    ck_assert_int_eq(child_takes_both(true), 0);
    ck_assert(!lock_is_held(&lock) && !lock_is_held(&outer));
}
END_TEST

static void *take(void *context)
{
    lock_acquire(&lock);
    return context;
}

START_TEST(test_a_child_made_behind_our_back_takes_locks_over)
{
    lock_register(&lock);
    lock_register(&outer);
    os_lock_watch_forks();
    pthread_t holder; /* not in the child */
    ck_assert_int_eq(pthread_create(&holder, NULL, take, NULL), 0);
    pthread_join(holder, NULL);
    ck_assert_int_eq(child_takes_both(false), 0);
    ck_assert(lock_is_held(&lock));
    lock_release(&lock);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_one_thread_at_a_time);
    tcase_add_test(all, test_try_does_not_wait_and_errno_stays);
    tcase_add_test(all, test_a_waiter_gets_the_lock_when_it_is_free);
    tcase_add_test(all, test_a_handler_is_called_back_when_the_last_lock_is_free);
    tcase_add_test(all, test_locks_taken_for_a_fork_are_free_on_both_sides);
    tcase_add_test(all, test_a_child_made_behind_our_back_takes_locks_over);
}

int main(void)
{
    return suite_run("lock", add);
}

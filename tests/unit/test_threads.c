/* os/threads: stopping the others and letting them go on; alloc/thread_names: numbers and names. */
#include "os/threads.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/thread_names.h"
#include "os/clock.h"
#include "os/io.h"
#include "support/suite.h"

enum { MOST = 64, TIMEOUT_MS = 2000 };

static struct os_stopped room[MOST];
static atomic_int ready;
static atomic_bool done;
static atomic_ulong turns[MOST];
static atomic_bool errno_changed;

static void *run(void *context)
{
    atomic_ulong *own = context;
    errno = ERANGE;
    atomic_fetch_add(&ready, 1);
    while (!atomic_load(&done)) {
        atomic_fetch_add_explicit(own, 1, memory_order_relaxed);
        if (errno != ERANGE) {
            atomic_store(&errno_changed, true);
        }
    }
    return NULL;
}

static void start_threads(pthread_t *threads, int count, void *(*what)(void *))
{
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, what, &turns[i]), 0);
    }
    while (atomic_load(&ready) < count) {
        sched_yield();
    }
}

static void end_threads(pthread_t *threads, int count)
{
    atomic_store(&done, true);
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

START_TEST(test_alone_there_is_nobody_to_stop)
{
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), 0);
    os_threads_release();
}
END_TEST

START_TEST(test_stopped_threads_stand_still_and_go_on)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    start_threads(threads, THREADS, run);
    for (int round = 0; round < 50; round++) {
        errno = EDOM;
        ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), THREADS);
        ck_assert_int_eq(errno, EDOM);
        unsigned long before[THREADS];
        for (int i = 0; i < THREADS; i++) {
            ck_assert(room[i].answered);
            ck_assert_uint_ne(room[i].tid, os_tid());
            ck_assert_uint_gt(room[i].thread_pointer, room[i].sp);
            before[i] = atomic_load(&turns[i]);
        }
        usleep(2000);
        for (int i = 0; i < THREADS; i++) {
            ck_assert_uint_eq(before[i], atomic_load(&turns[i]));
        }
        os_threads_release();
        unsigned long now = atomic_load(&turns[0]);
        while (atomic_load(&turns[0]) == now) {
            sched_yield();
        }
    }
    end_threads(threads, THREADS);
    ck_assert(!atomic_load(&errno_changed));
}
END_TEST

START_TEST(test_threads_beyond_the_room_are_counted_and_left)
{
    enum { THREADS = 5 };
    pthread_t threads[THREADS];
    start_threads(threads, THREADS, run);
    ck_assert_int_eq(os_threads_stop(room, 2, TIMEOUT_MS), THREADS);
    ck_assert(room[0].answered && room[1].answered);
    os_threads_release();
    end_threads(threads, THREADS);
}
END_TEST

static void *block_all_and_run(void *context)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    return run(context);
}

START_TEST(test_a_thread_that_blocks_signals_costs_no_time)
{
    pthread_t thread;
    start_threads(&thread, 1, block_all_and_run);
    uint64_t before_ms = os_clock_ms();
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), 1);
    ck_assert(!room[0].answered && !room[0].asked);
    os_threads_release();
    ck_assert_uint_lt(os_clock_ms() - before_ms, TIMEOUT_MS / 2);
    end_threads(&thread, 1);
}
END_TEST

static void busy_handler(int signal UNUSED)
{
    atomic_store(&ready, 1);
    while (!atomic_load(&done)) {
    }
}

static void *raise_and_run(void *context)
{
    struct sigaction action = {.sa_handler = busy_handler};
    sigaction(SIGUSR1, &action, NULL);
    pthread_kill(pthread_self(), SIGUSR1);
    return context;
}

START_TEST(test_a_thread_in_a_handler_is_stopped_there)
{
    pthread_t thread;
    start_threads(&thread, 1, raise_and_run);
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), 1);
    ck_assert(room[0].answered);
    os_threads_release();
    end_threads(&thread, 1);
}
END_TEST

static bool default_action(int signal)
{
    struct sigaction now;
    sigaction(signal, NULL, &now);
    return now.sa_handler == SIG_DFL;
}

START_TEST(test_the_signal_is_given_back)
{
    pthread_t thread;
    start_threads(&thread, 1, run);
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), 1);
    bool all_default = true;
    for (int signal = SIGRTMIN; signal < SIGRTMAX; signal++) {
        all_default = all_default && default_action(signal);
    }
    os_threads_release();
    ck_assert(!all_default);
    for (int signal = SIGRTMIN; signal < SIGRTMAX; signal++) {
        ck_assert(default_action(signal));
    }
    end_threads(&thread, 1);
}
END_TEST

static void own_handler(int signal UNUSED)
{
    atomic_store(&errno_changed, true);
}

START_TEST(test_signals_the_program_uses_are_left_alone)
{
    struct sigaction action = {.sa_handler = own_handler};
    for (int signal = SIGRTMIN + 1; signal < SIGRTMAX; signal++) {
        ck_assert_int_eq(sigaction(signal, &action, NULL), 0);
    }
    pthread_t thread;
    start_threads(&thread, 1, run);
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), 1); /* SIGRTMIN is left */
    ck_assert(room[0].answered);
    os_threads_release();
    ck_assert_int_eq(sigaction(SIGRTMIN, &action, NULL), 0);
    ck_assert_int_eq(os_threads_stop(room, MOST, TIMEOUT_MS), -1); /* none is */
    end_threads(&thread, 1);
    ck_assert(!atomic_load(&errno_changed));
}
END_TEST

/* Threads that come and go while others are stopped, over and over. */
static void *nothing(void *context)
{
    return context;
}

static void *spawn(void *context)
{
    atomic_fetch_add(&ready, 1);
    while (!atomic_load(&done)) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, nothing, NULL) == 0) {
            pthread_join(thread, NULL);
        }
    }
    return context;
}

/* Now and then one waits, with all signals blocked, for a lock of libc's that a stopped one
 * holds. */
START_TEST(test_threads_that_come_and_go_are_nearly_always_stopped)
{
    enum { SPAWNERS = 3 };
    pthread_t threads[SPAWNERS];
    int missed = 0;
    start_threads(threads, SPAWNERS, spawn);
    for (int round = 0; round < 200; round++) {
        int others = os_threads_stop(room, MOST, TIMEOUT_MS);
        ck_assert_int_ge(others, SPAWNERS);
        for (int i = 0; i < others && i < MOST; i++) {
            missed += !room[i].answered;
        }
        os_threads_release();
        usleep(300);
    }
    end_threads(threads, SPAWNERS);
    ck_assert_int_le(missed, 6);
}
END_TEST

static void *end_main_first(void *context UNUSED)
{
    usleep(20000); /* the main thread is a zombie by then, and listed */
    uint64_t before_ms = os_clock_ms();
    int others = os_threads_stop(room, MOST, TIMEOUT_MS);
    os_threads_release();
    _exit(others == 0 && os_clock_ms() - before_ms < TIMEOUT_MS / 2 ? 0 : 1);
}

START_TEST(test_a_main_thread_that_has_ended_is_not_waited_for)
{
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, end_main_first, NULL);
        pthread_exit(NULL);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static void *name_and_leave(void *context)
{
    uint16_t *number = context;
    pthread_setname_np(pthread_self(), "a worker");
    *number = thread_name_register();
    ck_assert_uint_eq(*number, thread_name_register());
    thread_name_keep(*number);
    return NULL;
}

START_TEST(test_names_outlive_their_threads)
{
    uint16_t own = thread_name_register(), other;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, name_and_leave, &other), 0);
    pthread_join(thread, NULL);
    struct thread_name name;
    ck_assert(thread_name_find(other, &name));
    ck_assert_str_eq(name.name, "a worker");
    ck_assert_int_ne(name.tid, os_tid());
    ck_assert(thread_name_find(own, &name));
    ck_assert_str_eq(name.name, "test_threads");
    ck_assert_int_eq(name.tid, os_tid());
    ck_assert(!thread_name_find(0, &name));
    ck_assert(!thread_name_find(other + 1, &name));
}
END_TEST

static uint16_t running_number;

static void *name_and_run(void *context)
{
    pthread_setname_np(pthread_self(), "odd) name (");
    running_number = thread_name_register();
    return run(context);
}

START_TEST(test_names_of_running_threads_are_read)
{
    pthread_t thread;
    start_threads(&thread, 1, name_and_run);
    struct thread_name name;
    ck_assert(thread_name_find(running_number, &name));
    ck_assert_str_eq(name.name, "odd) name (");
    end_threads(&thread, 1);
}
END_TEST

START_TEST(test_a_forked_child_has_its_number_and_its_own_tid)
{
    uint16_t number = thread_name_register();
    pid_t child = fork();
    if (child == 0) {
        thread_name_after_fork(number);
        struct thread_name name;
        _exit(thread_name_find(number, &name) && name.tid == os_tid() &&
                      thread_name_register() == number
                  ? 0
                  : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static void *only_register(void *context)
{
    *(uint16_t *)context = thread_name_register();
    return NULL;
}

START_TEST(test_numbers_are_never_given_twice_and_run_out_quietly)
{
    uint16_t last = 0, number;
    for (int i = 0; i < 70000; i++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, only_register, &number), 0);
        pthread_join(thread, NULL);
        ck_assert(number == 0 ? last >= UINT16_MAX - 1 : number == last + 1);
        last = number ? number : last;
    }
    ck_assert_uint_eq(number, 0);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_alone_there_is_nobody_to_stop);
    tcase_add_test(all, test_stopped_threads_stand_still_and_go_on);
    tcase_add_test(all, test_threads_beyond_the_room_are_counted_and_left);
    tcase_add_test(all, test_a_thread_that_blocks_signals_costs_no_time);
    tcase_add_test(all, test_a_thread_in_a_handler_is_stopped_there);
    tcase_add_test(all, test_the_signal_is_given_back);
    tcase_add_test(all, test_signals_the_program_uses_are_left_alone);
    tcase_add_test(all, test_threads_that_come_and_go_are_nearly_always_stopped);
    tcase_add_test(all, test_a_main_thread_that_has_ended_is_not_waited_for);
    tcase_add_test(all, test_names_outlive_their_threads);
    tcase_add_test(all, test_names_of_running_threads_are_read);
    tcase_add_test(all, test_a_forked_child_has_its_number_and_its_own_tid);
    tcase_add_test(all, test_numbers_are_never_given_twice_and_run_out_quietly);
}

int main(void)
{
    return suite_run("threads", add);
}

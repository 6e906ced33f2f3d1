/* os/snapshot: a copy works on what was, the process goes on, and nothing that happens to the copy
 * harms it or is seen by it. */
#include "os/snapshot.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/io.h"
#include "os/pages.h"
#include "os/signals.h"
#include "support/suite.h"

enum { PATIENCE_MS = 30000 };

struct shared {
    _Atomic uint32_t done;
    int answer;
};

static struct shared *shared;
static int value;
static volatile sig_atomic_t signals;

static void count_signal(int signal)
{
    (void)signal;
    signals++;
}

static void start(void)
{
    shared = os_pages_map_shared(OS_PAGE);
    ck_assert_ptr_nonnull(shared);
    value = 1;
    signals = 0;
    signal(SIGCHLD, count_signal);
}

static enum os_snapshot_end run(void (*work)(void *context), uint64_t timeout_ms, int *died_of)
{
    struct os_snapshot copy;
    struct os_signal_mask mask;
    os_signals_hold_all(&mask);
    ck_assert(os_snapshot_start(&copy, &shared->done, work, shared));
    value = 2;
    enum os_snapshot_end end = os_snapshot_wait(&copy, timeout_ms, died_of);
    os_signals_restore(&mask);
    ck_assert_int_eq(kill(copy.pid, 0), -1); /* gone, and collected */
    ck_assert_int_eq(signals, 0);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    return end;
}

static void tell_value(void *context)
{
    ((struct shared *)context)->answer = 100 + value;
}

START_TEST(test_the_copy_sees_what_was)
{
    int died_of;
    ck_assert_int_eq(run(tell_value, PATIENCE_MS, &died_of), SNAPSHOT_DONE);
    ck_assert_int_eq(shared->answer, 101);
    ck_assert_int_eq(died_of, 0);
}
END_TEST

static volatile int *volatile nowhere; /* NULL, which the compiler must not know */

static void read_nowhere(void *context)
{
    (void)context;
    shared->answer = *nowhere;
}

static void a_handler(int signal)
{
    shared->answer = signal;
    os_exit_now(0);
}

START_TEST(test_a_crash_is_told_and_no_handler_runs)
{
    int died_of;
    signal(SIGSEGV, a_handler);
    ck_assert_int_eq(run(read_nowhere, PATIENCE_MS, &died_of), SNAPSHOT_CRASHED);
    ck_assert_int_eq(died_of, SIGSEGV);
    ck_assert_int_eq(shared->answer, 0);
}
END_TEST

static void never_end(void *context)
{
    (void)context;
    for (;;) {
        os_sleep_us(1000);
    }
}

START_TEST(test_one_that_takes_too_long_is_ended)
{
    int died_of;
    ck_assert_int_eq(run(never_end, 50, &died_of), SNAPSHOT_TIMED_OUT);
}
END_TEST

static void look_for_files(void *context)
{
    int open_files = 0;
    for (int fd = 0; fd < 64; fd++) {
        open_files += fcntl(fd, F_GETFD) != -1;
    }
    ((struct shared *)context)->answer = open_files + 1;
}

START_TEST(test_the_copy_holds_no_descriptors)
{
    int died_of, ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(run(look_for_files, PATIENCE_MS, &died_of), SNAPSHOT_DONE);
    ck_assert_int_eq(shared->answer, 1);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(test_it_works_where_children_are_ignored)
{
    int died_of;
    signal(SIGCHLD, SIG_IGN);
    ck_assert_int_eq(run(tell_value, PATIENCE_MS, &died_of), SNAPSHOT_DONE);
    signal(SIGCHLD, SIG_DFL);
}
END_TEST

/* Its parent is killed while it works: it goes too. A pipe that only both hold tells when. */
START_TEST(test_the_copy_ends_with_its_maker)
{
    int ends[2];
    char nothing;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t maker = fork();
    if (maker == 0) {
        struct os_snapshot copy;
        close(ends[0]);
        if (!os_snapshot_start(&copy, &shared->done, never_end, shared)) {
            _exit(1);
        }
        shared->answer = copy.pid;
        for (;;) {
            pause();
        }
    }
    close(ends[1]);
    while (!*(volatile int *)&shared->answer) {
        os_sleep_us(1000);
    }
    kill(maker, SIGKILL);
    waitpid(maker, NULL, 0);
    ck_assert_int_eq(read(ends[0], &nothing, 1), 0);
    while (kill(shared->answer, 0) == 0) {
        char path[64], state = 'Z';
        snprintf(path, sizeof path, "/proc/%d/stat", shared->answer);
        FILE *file = fopen(path, "r");
        if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1 || state == 'Z') {
            break; /* nobody may collect it here */
        }
        fclose(file);
    }
    close(ends[0]);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, NULL);
    tcase_add_test(all, test_the_copy_sees_what_was);
    tcase_add_test(all, test_a_crash_is_told_and_no_handler_runs);
    tcase_add_test(all, test_one_that_takes_too_long_is_ended);
    tcase_add_test(all, test_the_copy_holds_no_descriptors);
    tcase_add_test(all, test_it_works_where_children_are_ignored);
    tcase_add_test(all, test_the_copy_ends_with_its_maker);
}

int main(void)
{
    return suite_run("snapshot", add);
}

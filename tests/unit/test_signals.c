/* os/signals, os/signal_stack, os/alarm: what is known of signals, and stacks and times for their
 * handlers. */
#include "os/signals.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/alarm.h"
#include "os/fault.h"
#include "os/signal_stack.h"
#include "support/suite.h"

START_TEST(test_deadly_signals_are_told_from_others)
{
    const int deadly[] = {SIGHUP, SIGINT, SIGSEGV, SIGTERM, SIGPIPE, SIGUSR1, SIGSYS};
    const int others[] = {0, -1, SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGWINCH, SIGURG, 34};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        ck_assert_msg(os_signal_ends(deadly[i]), "%d", deadly[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert_msg(!os_signal_ends(others[i]), "%d", others[i]);
    }
    ck_assert(os_signal_is_crash(SIGABRT) && !os_signal_is_crash(SIGTERM));
}
END_TEST

static bool is_blocked(int number)
{
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, number);
}

START_TEST(test_one_let_through_is_not_held)
{
    struct os_signal_mask before;
    os_signals_let_through(SIGTERM);
    os_signals_hold(&before);
    ck_assert(!is_blocked(SIGTERM) && is_blocked(SIGINT) && !is_blocked(SIGSEGV));
    os_signals_restore(&before);
    os_signals_hold_all(&before);
    ck_assert(!is_blocked(SIGTERM) && is_blocked(SIGINT) && is_blocked(SIGSEGV));
    os_signals_restore(&before);
    ck_assert(!is_blocked(SIGINT));
}
END_TEST

static volatile sig_atomic_t alarms, others;

static void count_alarm(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    if (os_alarm_sent(info)) {
        alarms++;
    } else {
        others++;
    }
}

START_TEST(test_an_alarm_comes_by_its_signal_and_is_known)
{
    struct sigaction action = {.sa_sigaction = count_alarm, .sa_flags = SA_SIGINFO};
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    raise(SIGUSR1);
    ck_assert(alarms == 0 && others == 1);
    os_alarm_set(SIGUSR1, 1);
    while (alarms == 0) {
        usleep(1000); /* the suite's time limit is that of this loop */
    }
    ck_assert_int_eq(others, 1);
}
END_TEST

static void *set_kill(void *unused)
{
    os_alarm_set(SIGKILL, 20);
    return unused;
}

START_TEST(test_sigkill_comes_though_the_thread_that_set_the_alarm_has_ended)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, set_kill, NULL);
        pthread_join(thread, NULL);
        pause();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

static void note_place(void *context)
{
    char here;
    *(uintptr_t *)context = (uintptr_t)&here;
}

START_TEST(test_a_call_runs_on_the_stack_it_is_given)
{
    static _Alignas(16) char stack[32 * 1024];
    uintptr_t place = 0;
    signal_stack_call(stack + sizeof stack, note_place, &place);
    ck_assert(place >= (uintptr_t)stack && place < (uintptr_t)stack + sizeof stack);
    signal_stack_call(NULL, note_place, &place);
    ck_assert(place < (uintptr_t)stack || place >= (uintptr_t)stack + sizeof stack);
}
END_TEST

static uintptr_t alternate(void)
{
    stack_t now = {.ss_flags = SS_DISABLE};
    sigaltstack(NULL, &now);
    return now.ss_flags & SS_DISABLE ? 0 : (uintptr_t)now.ss_sp;
}

START_TEST(test_a_thread_has_a_signal_stack_unless_it_has_its_own)
{
    ck_assert_uint_eq(alternate(), 0);
    signal_stack_give();
    uintptr_t given = alternate();
    ck_assert_uint_ne(given, 0);
    memset((char *)given, 1, 4096);
    signal_stack_take();
    ck_assert_uint_eq(alternate(), 0);

    static char own[64 * 1024];
    stack_t mine = {.ss_sp = own, .ss_size = sizeof own};
    ck_assert_int_eq(sigaltstack(&mine, NULL), 0);
    signal_stack_give();
    ck_assert_uint_eq(alternate(), (uintptr_t)own);
    signal_stack_take();
    ck_assert_uint_eq(alternate(), (uintptr_t)own);
}
END_TEST

static struct os_fault fault;
static char *page;

static void read_fault(int number, siginfo_t *info, void *context)
{
    os_fault_read(number, info, context, &fault);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

START_TEST(test_a_fault_has_address_and_access)
{
    page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = read_fault, .sa_flags = SA_SIGINFO};
    ck_assert_int_eq(sigaction(SIGSEGV, &action, NULL), 0);
    ((volatile char *)page)[7] = 1;
    ck_assert(fault.has_address && fault.address == (uintptr_t)page + 7);
    ck_assert_int_eq(fault.access, OS_FAULT_WRITE);
    mprotect(page, 4096, PROT_NONE);
    (void)((volatile char *)page)[9];
    ck_assert(fault.has_address && fault.address == (uintptr_t)page + 9);
    ck_assert_int_eq(fault.access, OS_FAULT_READ);
    char here;
    ck_assert(fault.sp <= (uintptr_t)&here && (uintptr_t)&here - fault.sp < 4096);
    raise(SIGSEGV);
    ck_assert(!fault.has_address && fault.access == OS_FAULT_UNKNOWN);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_deadly_signals_are_told_from_others);
    tcase_add_test(tests, test_one_let_through_is_not_held);
    tcase_add_test(tests, test_an_alarm_comes_by_its_signal_and_is_known);
    tcase_add_test(tests, test_sigkill_comes_though_the_thread_that_set_the_alarm_has_ended);
    tcase_add_test(tests, test_a_call_runs_on_the_stack_it_is_given);
    tcase_add_test(tests, test_a_thread_has_a_signal_stack_unless_it_has_its_own);
    tcase_add_test(tests, test_a_fault_has_address_and_access);
}

int main(void)
{
    return suite_run("signals", add);
}

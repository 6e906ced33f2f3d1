/* os/stop_signal: which signal stops the threads. */
#include "os/stop_signal.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"

static void take_no_notice(int signal, siginfo_t *info, void *registers)
{
    (void)signal;
    (void)info;
    (void)registers;
}

/* 0: the signals taken are as they should be; 77: we may not be traced here. */
static int take_signals_while_traced(void)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
        return 77;
    }
    int taken = stop_signal_take(take_no_notice);
    stop_signal_give_back(taken);
    signal(SIGURG, SIG_IGN); /* the program uses it */
    int other = stop_signal_take(take_no_notice);
    return taken == SIGURG && other >= SIGRTMIN ? 0 : 1;
}

START_TEST(test_a_traced_process_is_stopped_by_a_signal_that_debuggers_let_pass)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        _exit(take_signals_while_traced());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_a_traced_process_is_stopped_by_a_signal_that_debuggers_let_pass);
}

int main(void)
{
    return suite_run("stop_signal", add);
}

#include "tool/hunt_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/complain.h"
#include "tool/program.h"
#include "tool/run.h"

static const int passed_on[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
enum { PASSED_ON = sizeof passed_on / sizeof *passed_on };

static volatile sig_atomic_t is_over;
static volatile pid_t running; /* 0: none */

/* Keys reach the whole foreground group, with a code of the kernel's. */
static void pass(int number, siginfo_t *info, void *context)
{
    (void)context;
    int saved = errno;
    if (number == SIGTERM || number == SIGHUP || number == SIGQUIT) {
        is_over = 1;
    }
    if (info->si_code <= 0 && running > 0) {
        kill(running, number);
    }
    errno = saved;
}

void hunt_run_watch_signals(void)
{
    struct sigaction ours = {.sa_sigaction = pass, .sa_flags = SA_SIGINFO | SA_RESTART}, was;
    for (size_t i = 0; i < PASSED_ON; i++) {
        if (sigaction(passed_on[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN) {
            sigaction(passed_on[i], &ours, NULL);
        }
    }
}

static void unwatch_signals(void)
{
    struct sigaction was;
    for (size_t i = 0; i < PASSED_ON; i++) {
        if (sigaction(passed_on[i], NULL, &was) == 0 && was.sa_sigaction == pass) {
            signal(passed_on[i], SIG_DFL);
        }
    }
}

bool hunt_run_is_over(void)
{
    return is_over;
}

/* In the child. */
static _Noreturn void become(const struct hunt_program *program, const char *options, int input,
                             bool silent)
{
    int nowhere = silent ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
    int status = STATUS_FAILED;
    if ((input == STDIN_FILENO || dup2(input, STDIN_FILENO) == STDIN_FILENO) &&
        (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) == STDOUT_FILENO) &&
        run_prepare_environment(options)) {
        status = program_execute(program->path, program->arguments);
    }
    fflush(stderr);
    _exit(status);
}

bool hunt_run(struct hunt_program *program, const char *options, bool again, struct hunt_run *out)
{
    pid_t feeder;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before); /* until it is known whom to pass them to */
    int input = hunt_input_open(&program->input, &feeder);
    pid_t pid = input < 0 ? -1 : fork();
    if (pid == 0) {
        unwatch_signals();
        sigprocmask(SIG_SETMASK, &before, NULL);
        become(program, options, input, again && !isatty(STDOUT_FILENO));
    }
    running = pid > 0 ? pid : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (input < 0) {
        return false;
    }
    if (pid < 0) {
        complain("no process to run the program in: %s", strerror(errno));
    }
    *out = (struct hunt_run){.pid = pid};
    while (pid > 0 && waitpid(pid, &out->status, 0) < 0 && errno == EINTR) {
    }
    running = 0;
    hunt_input_close(input, feeder);
    return pid > 0;
}

int hunt_run_pass_on(int status)
{
    if (!WIFSIGNALED(status)) {
        return WEXITSTATUS(status);
    }
    int number = WTERMSIG(status);
    fflush(NULL);
    prctl(PR_SET_DUMPABLE, 0); /* the core, if there is one, is the program's */
    signal(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    return 128 + number;
}

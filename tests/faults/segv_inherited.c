/* What is inherited over an exec and by a vfork child is what the program set: seen by a shell that
 * knows nothing of us. */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Bit 10 is SIGSEGV's. */
static char *const show[] = {"sh", "-c",
                             "while read -r name mask; do case $name in"
                             " SigBlk:|SigIgn:) echo $((0x$mask >> 10 & 1));; esac;"
                             " done </proc/self/status | tr -d '\\n'",
                             NULL};

static void by_spawn(void)
{
    pid_t child;
    fflush(stdout);
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, show, environ) == 0) {
        waitpid(child, NULL, 0);
    }
}

static void by_fork(pid_t child)
{
    if (child == 0) {
        execv("/bin/sh", show);
        _exit(1);
    }
    waitpid(child, NULL, 0);
}

int main(void)
{
    sigset_t set;
    by_spawn();
    by_fork(fork());
    by_fork(vfork());
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_SETMASK, &set, NULL);
    by_spawn();
    by_fork(fork());
    sigdelset(&set, SIGSEGV);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGSEGV, SIG_IGN);
    by_spawn();
    by_fork(vfork());
    execv("/nowhere/at/all", show);
    if (signal(SIGSEGV, SIG_DFL) != SIG_IGN) {
        puts("forgotten");
    }
    by_spawn();
    return 0;
}

/* Every signal whose default is the end: the parent sees each child die by it, and what the child
 * wrote over is told by the child. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const int deadly[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP,  SIGABRT,
                             SIGBUS,  SIGFPE,  SIGUSR1, SIGSEGV, SIGUSR2,  SIGPIPE,
                             SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGPROF,  SIGVTALRM,
                             SIGIO,   SIGPWR,  SIGSYS,  SIGKILL, SIGSTKFLT};

int main(void)
{
    const struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        pid_t child = fork();
        if (child == 0) {
            signal(deadly[i], SIG_DFL);
            raise(deadly[i]);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != deadly[i]) {
            printf("signal %d: status 0x%x\n", deadly[i], status);
        }
    }
    return 0;
}

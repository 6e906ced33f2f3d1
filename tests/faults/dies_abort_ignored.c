/* abort() ends a program that ignores SIGABRT, and one whose handler returns. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void go_on(int number)
{
    (void)number;
}

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_IGN);
        abort();
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) {
        return 1;
    }
    signal(SIGABRT, go_on);
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    abort(); /* @abort */
}

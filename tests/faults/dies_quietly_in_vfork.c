/* A vfork child runs in its parent's memory: it dies as it would, and the parent's report is whole.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *kept = malloc(10);
    struct sigaction before, after;
    pid_t child = vfork();
    if (child == 0) {
        raise(SIGTERM);
        _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    child = vfork();
    if (child == 0) {
        signal(SIGUSR1, SIG_IGN); /* of its own, not the parent's */
        _exit(0);
    }
    sigaction(SIGUSR1, NULL, &after);
    waitpid(child, NULL, 0);
    sigaction(SIGTERM, NULL, &before);
    free(kept);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM || before.sa_handler != SIG_DFL ||
           after.sa_handler != SIG_DFL;
}

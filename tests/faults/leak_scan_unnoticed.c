/* With threads, a copy of the process looks for the leak: no SIGCHLD, no child to wait for, no fork
 * handler, no descriptor held. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

static void tell(int signal)
{
    (void)!write(1, "SIGCHLD\n", 8);
}

static void tell_fork(void)
{
    (void)!write(1, "fork\n", 5);
}

static void *wait_for_children(void *unused)
{
    for (;;) {
        if (waitpid(-1, NULL, 0) > 0 || errno != ECHILD) {
            (void)!write(1, "child\n", 6);
        }
    }
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(48) = 'x'; /* @alloc */
}

int main(void)
{
    pthread_t thread;
    signal(SIGCHLD, tell);
    pthread_atfork(tell_fork, tell_fork, tell_fork);
    pthread_create(&thread, NULL, wait_for_children, NULL);
    lose();
    forget();
    return 0;
}

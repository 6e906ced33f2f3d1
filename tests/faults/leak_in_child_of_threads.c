/* A process with two threads forks. The child loses a block of its own, which is told, and one
 * that it inherited, which is not, as its report says. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

static pthread_barrier_t ready;
static void *volatile inherited;

static void *wait_here(void *unused)
{
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(30) = 'x'; /* @lost */
    inherited = NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, wait_here, NULL);
    pthread_barrier_wait(&ready);
    inherited = malloc(100);
    pid_t child = fork();
    if (child == 0) {
        lose();
        forget();
        return 0;
    }
    int status;
    return waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 23;
}

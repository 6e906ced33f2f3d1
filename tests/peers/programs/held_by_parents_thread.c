/* A thread that a forked child does not have holds a block: the child did not lose it. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

static pthread_barrier_t ready;

static void *hold(void *unused)
{
    void *volatile kept = malloc(48);
    forget();
    pthread_barrier_wait(&ready);
    pause();
    return kept == NULL ? NULL : unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, hold, NULL);
    pthread_barrier_wait(&ready);
    if (fork() == 0) {
        forget();
        exit(0);
    }
    _exit(wait(NULL) > 0 ? 0 : 1);
}

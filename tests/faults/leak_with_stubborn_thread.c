/* A thread that blocks all signals cannot be stopped; the report names it. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "forget.h"

static pthread_barrier_t ready;

static void *refuse(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    prctl(PR_SET_NAME, "stubborn");
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(48) = 'x'; /* @alloc */
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, refuse, NULL);
    pthread_barrier_wait(&ready);
    lose();
    forget();
    return 0;
}

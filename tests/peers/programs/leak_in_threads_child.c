/* The same in a program of several threads: the child has only one of them. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

static pthread_barrier_t ready;

static void *wait_for_ever(void *unused)
{
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    volatile char *block = malloc(48);
    block[0] = 1;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    pthread_barrier_wait(&ready);
    if (fork() == 0) {
        lose();
        forget();
        exit(0);
    }
    _exit(wait(NULL) > 0 ? 0 : 1);
}

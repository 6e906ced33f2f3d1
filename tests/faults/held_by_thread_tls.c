/* Thread-local storage of another live thread holds it. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

static __thread void *volatile kept;
static pthread_barrier_t ready;

static void *hold(void *unused)
{
    kept = malloc(48);
    forget();
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, hold, NULL);
    pthread_barrier_wait(&ready);
    forget();
    exit(0);
}

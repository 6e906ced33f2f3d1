/* A block whose pages children of the program do not have is all that holds it.
 * There are two threads, so that a scan would be made in a copy of the process. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "forget.h"

enum { BYTES = 4 * 4096 };

static pthread_barrier_t ready;
static void **holder;

static void *wait_here(void *unused)
{
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

__attribute__((noinline)) static void keep(void)
{
    holder[700] = malloc(48);
}

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(51) = 'x'; /* @alloc */
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, wait_here, NULL);
    pthread_barrier_wait(&ready);
    holder = aligned_alloc(4096, BYTES);
    if (!holder || madvise(holder, BYTES, MADV_DONTFORK) != 0) {
        return 1;
    }
    keep();
    lose();
    forget();
    return 0;
}

/* Threads that come upon guards at the same time, each at blocks of its own and at one they share:
 * nothing is lost, and none waits for ever. */
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 8, TURNS = 50 };

static volatile char sink;
static volatile char *shared;
static pthread_barrier_t together;

static void *work(void *unused)
{
    pthread_barrier_wait(&together);
    sink = shared[64]; /* @shared: each meets the page closed, or open already */
    for (int i = 0; i < TURNS; i++) {
        volatile char *block = malloc(16); /* @make */
        block[16] = 'x';                   /* @write */
        free((void *)block);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    shared = malloc(64); /* @shared_make */
    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    free((void *)shared);
    return 0;
}

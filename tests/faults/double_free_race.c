/* Two threads free the same block at the same moment: of 2,000 pairs each gives exactly one
 * finding. */
#include <pthread.h>
#include <stdlib.h>

enum { ROUNDS = 2000 };

static void *blocks[ROUNDS];
static pthread_barrier_t start;

static void *release_all(void *unused)
{
    pthread_barrier_wait(&start);
    for (int i = 0; i < ROUNDS; i++) {
        free(blocks[i]);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&start, NULL, 2);
    for (int i = 0; i < ROUNDS; i++) {
        blocks[i] = malloc(24);
    }
    pthread_create(&thread, NULL, release_all, NULL);
    release_all(NULL);
    pthread_join(thread, NULL);
    return 0;
}

/* An array on the stack of another thread that is alive. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static char *volatile shown;
static pthread_barrier_t ready;

static void *show(void *unused)
{
    char local[64] = {0};
    shown = local;
    pthread_barrier_wait(&ready);
    pthread_barrier_wait(&ready);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, show, NULL);
    pthread_barrier_wait(&ready);
    free(shown); /* @bad */
    pthread_barrier_wait(&ready);
    pthread_join(thread, NULL);
    return 0;
}

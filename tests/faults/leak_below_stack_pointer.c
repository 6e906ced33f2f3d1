/* What is left of the pointer lies below the frames of another thread. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t ready;

__attribute__((noinline)) static void lose(void)
{
    void *volatile deep[512];
    void *lost = malloc(48); /* @alloc */
    for (int i = 0; i < 256; i++) { /* the upper half may be used again */
        deep[i] = lost;
    }
}

static void *leave(void *unused)
{
    lose();
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, leave, NULL);
    pthread_barrier_wait(&ready);
    exit(0);
}

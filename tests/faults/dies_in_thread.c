/* One thread crashes while others allocate without pause: one report, the same death. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *allocate(void *unused)
{
    (void)unused;
    for (unsigned i = 0;; i++) {
        free(malloc(i % 5000));
    }
    return NULL;
}

static void *crash(void *unused)
{
    (void)unused;
    usleep(20000);
    *(volatile int *)NULL = 1; /* @write */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, allocate, NULL);
    }
    pthread_create(&thread, NULL, crash, NULL);
    allocate(NULL);
    return 0;
}

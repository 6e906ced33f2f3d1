/* The same in a thread, which has a signal stack of its own. */
#include <pthread.h>
#include <stdlib.h>

__attribute__((noinline)) static int descend(volatile char *above)
{
    volatile char frame[512];
    frame[0] = *above;
    return descend(frame) + frame[1]; /* @call */
}

static void *run(void *kept)
{
    volatile int result = descend(kept);
    (void)result;
    return kept;
}

int main(void)
{
    pthread_t thread;
    char *kept = malloc(10);
    pthread_create(&thread, NULL, run, kept);
    pthread_join(thread, NULL);
    free(kept);
    return 0;
}

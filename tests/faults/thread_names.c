/* A thread's own name appears. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

static void *release(void *p)
{
    pthread_setname_np(pthread_self(), "reaper");
    free(p);
    free(p);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, release, malloc(24));
    pthread_join(thread, NULL);
    return 0;
}

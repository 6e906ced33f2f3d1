/* Freed by a thread that has ended since; all three events are told apart. */
#include <pthread.h>
#include <stdlib.h>

static void *release(void *p)
{
    free(p); /* @free */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int *p = malloc(64); /* @alloc */
    pthread_create(&thread, NULL, release, p);
    pthread_join(thread, NULL);
    p[3] = ~p[3];
    return 0;
}

/* Allocated by one thread, damaged and freed by another. */
#include <pthread.h>
#include <stdlib.h>

static void *release(void *p)
{
    ((char *)p)[24] = 0;
    free(p); /* @free */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, release, malloc(24)); /* @alloc */
    pthread_join(thread, NULL);
    return 0;
}

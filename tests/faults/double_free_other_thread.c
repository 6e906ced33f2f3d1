/* Freed by a thread first, then by main. */
#include <pthread.h>
#include <stdlib.h>

static void *release(void *p)
{
    free(p); /* @first */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    char *p = malloc(24); /* @alloc */
    pthread_create(&thread, NULL, release, p);
    pthread_join(thread, NULL);
    free(p); /* @second */
    return 0;
}

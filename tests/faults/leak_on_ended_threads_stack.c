/* What is left of the pointer lies on the stack of a thread that has ended, which the C library
 * keeps for the next one. */
#include <pthread.h>
#include <stdlib.h>

static __thread void *volatile last;

static void *lose(void *unused)
{
    void *volatile here[64];
    last = here[7] = malloc(48); /* @alloc */
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, lose, NULL);
    pthread_join(thread, NULL);
    return 0;
}

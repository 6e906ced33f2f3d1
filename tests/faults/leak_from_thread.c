/* Lost by a thread that has ended. */
#include <pthread.h>
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(48); /* @alloc */
    p[0] = 'x';
}

static void *work(void *unused)
{
    lose(); /* @call */
    forget();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    return 0;
}

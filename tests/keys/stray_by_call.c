/* memset() of libc writes; the call is what matters. In a thread, from mode=harden. */
#include <pthread.h>
#include <string.h>

#include "../keys/keyed.h"

static void *run(void *record)
{
    free(malloc(10));
    memset(record, 0, 4096); /* @call */
    puts("not stopped");
    return NULL;
}

int main(void)
{
    pthread_t thread;
    char *block = malloc(12345);
    pthread_create(&thread, NULL, run, record_of_size(12345));
    pthread_join(thread, NULL);
    free(block);
    return 0;
}

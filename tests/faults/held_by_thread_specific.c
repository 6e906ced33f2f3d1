/* pthread_setspecific holds it; with many keys the C library keeps the table in the heap. */
#include <pthread.h>
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void keep(void)
{
    for (int i = 0; i < 100; i++) {
        pthread_key_t key;
        pthread_key_create(&key, NULL);
        pthread_setspecific(key, malloc(48));
    }
}

int main(void)
{
    keep();
    forget();
    return 0;
}

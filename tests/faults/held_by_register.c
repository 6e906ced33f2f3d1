/* Only a register of another thread holds it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "forget.h"

static uintptr_t masked;
static atomic_int ready;

static void *hold(void *unused)
{
    register uintptr_t held __asm__("r13") = ~masked;
    masked = 0;
    ready = 1;
    for (;;) {
        __asm__ volatile("pause" : "+r"(held));
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    masked = ~(uintptr_t)malloc(48);
    pthread_create(&thread, NULL, hold, NULL);
    while (!ready) {
    }
    forget();
    exit(0);
}

/* The argument of a thread that was just made, and has hardly had the processor yet: it shares one
 * with us, and is the least urgent there. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

static void *hold(void *kept)
{
    void *volatile here = kept;
    pause();
    return here;
}

__attribute__((noinline)) static void start(void)
{
    pthread_attr_t attributes;
    struct sched_param none = {0};
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_IDLE);
    pthread_attr_setschedparam(&attributes, &none);
    if (pthread_create(&thread, &attributes, hold, malloc(48)) != 0) {
        pthread_create(&thread, NULL, hold, malloc(48));
    }
}

int main(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    start();
    forget();
    exit(0);
}

/* Checks while other threads allocate, release and check as well: no false alarm, no standstill. */
#include <coalmine/coalmine.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "expecting.h"

enum { THREADS = 3, CHECKS = 10, HELD = 64 };

static atomic_bool stop;

static void *churn(void *unused)
{
    void *held[HELD] = {0};
    for (unsigned i = 0; !atomic_load(&stop); i++) {
        free(held[i % HELD]);
        held[i % HELD] = malloc(16 + i % 2000);
    }
    for (unsigned i = 0; i < HELD; i++) {
        free(held[i]);
    }
    return unused;
}

static void *check(void *unused)
{
    for (int i = 0; i < CHECKS; i++) {
        EXPECT_NUMBER(coalmine_leak_check(coalmine_mark(), NULL), 0);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS], checker;
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, churn, NULL);
    }
    pthread_create(&checker, NULL, check, NULL);
    check(NULL);
    pthread_join(checker, NULL);
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    expected();
    return 0;
}

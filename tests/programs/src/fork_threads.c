/* Forks while other threads allocate; every child goes on allocating, some start a thread of their
 * own. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, FORKS = 60 };

static atomic_bool stop;

static void churn(unsigned rounds)
{
    void *held[32] = {0};
    for (unsigned i = 0; i < rounds; i++) {
        unsigned slot = i * 7u % 32u;
        free(held[slot]);
        held[slot] = malloc(i * 37u % 5000u);
    }
    for (unsigned i = 0; i < 32; i++) {
        free(held[i]);
    }
}

static void *work(void *unused)
{
    while (!atomic_load(&stop)) {
        churn(1000);
    }
    return unused;
}

static void *work_once(void *unused)
{
    churn(1000);
    return unused;
}

static void child(int number)
{
    churn(2000);
    if (number % 3 == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, work_once, NULL);
        pthread_join(thread, NULL);
    }
    if (number % 2 == 0) {
        _exit(0);
    }
    exit(0);
}

int main(void)
{
    pthread_t threads[THREADS];
    int failed = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            child(i);
        }
        int status = 1;
        waitpid(pid, &status, 0);
        failed += status != 0;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%d children failed\n", failed);
    return failed != 0;
}

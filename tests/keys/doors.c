/* Everything that comes to the records by an unusual way, under keys: threads, handlers at any
 * moment that have calls checked, others that allocate and jump out, children, libraries that come
 * and go. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t _Fork(void); /* glibc 2.34; headers hide it in some modes */

enum { THREADS = 3, ROUNDS = 500, KEPT = 64, SHORT = 30, FORKS = 4, LOADS = 4, JUMPS = 15 };

static atomic_int running = THREADS;
static atomic_uint signals_taken;
static __thread sigjmp_buf back;
static char *shared_text;

static void churn(unsigned *seed, unsigned rounds)
{
    char *kept[KEPT] = {NULL};
    for (unsigned i = 0; i < rounds; i++) {
        unsigned at = (*seed = *seed * 1103515245 + 12345) >> 16 & (KEPT - 1);
        size_t size = (*seed >> 8) % (i % 50 == 0 ? 200000 : 900) + 1;
        if (kept[at] && i % 3 == 0) {
            kept[at] = realloc(kept[at], size);
        } else {
            free(kept[at]);
            kept[at] = i % 5 == 0 ? calloc(1, size) : malloc(size);
        }
        memset(kept[at], (int)i, size);
    }
    for (unsigned i = 0; i < KEPT; i++) {
        free(kept[i]);
    }
}

/* At any moment, amid an allocation too: what it may call then asks the records about the block. */
static void look(int number)
{
    (void)number;
    char copy[32];
    strcpy(copy, shared_text);
    memcpy(shared_text, copy, 4);
    atomic_fetch_add(&signals_taken, 1);
}

/* Raised where the thread does nothing else, and left by a jump. */
static void allocate(int number)
{
    (void)number;
    char *text = strdup("from a handler");
    text = realloc(text, 500);
    strcat(text, ", which makes it longer");
    free(text);
    siglongjmp(back, 1);
}

static void *work(void *given)
{
    unsigned seed = (unsigned)(size_t)given;
    churn(&seed, ROUNDS);
    for (int i = 0; i < JUMPS; i++) {
        if (sigsetjmp(back, 1) == 0) {
            raise(SIGUSR1);
        }
        churn(&seed, 5);
    }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static void *short_lived(void *given)
{
    return strdup(given);
}

static void make_children(void)
{
    for (int i = 0; i < FORKS; i++) {
        pid_t child = i % 2 ? _Fork() : fork();
        if (child == 0) {
            unsigned seed = 7;
            churn(&seed, 50);
            _exit(0);
        }
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (status != 0) {
            printf("a child ended with %#x\n", status);
        }
    }
}

static void load(const char *library)
{
    for (int i = 0; i < LOADS; i++) {
        void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        if (!handle) {
            printf("%s\n", dlerror());
            exit(3);
        }
        free(malloc(50));
        dlclose(handle);
    }
}

int main(int count, char **given)
{
    pthread_t threads[THREADS], other;
    struct sigaction looks = {.sa_handler = look, .sa_flags = SA_RESTART};
    struct sigaction allocates = {.sa_handler = allocate};
    struct itimerval each = {{0, 5000}, {0, 5000}};
    shared_text = strdup("of all threads");
    sigaction(SIGALRM, &looks, NULL);
    sigaction(SIGUSR1, &allocates, NULL);
    setitimer(ITIMER_REAL, &each, NULL);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    }
    for (size_t i = 0; i < SHORT || atomic_load(&running) > 0; i++) {
        void *text;
        if (i >= SHORT) {
            usleep(1000);
            continue;
        }
        pthread_kill(threads[i % THREADS], SIGALRM);
        pthread_create(&other, NULL, short_lived, "short");
        pthread_join(other, &text);
        free(text);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    make_children();
    load(count > 1 ? given[1] : "libm.so.6");
    memset(&each, 0, sizeof each);
    setitimer(ITIMER_REAL, &each, NULL);
    free(shared_text);
    puts(atomic_load(&signals_taken) > 0 ? "done" : "no signal came");
    return 0;
}

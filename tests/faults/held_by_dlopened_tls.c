/* Only thread-local storage of a library loaded later holds it, in two threads. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

static void (*keep)(void *);
static pthread_barrier_t ready;

static void *hold(void *unused)
{
    keep(malloc(48));
    forget();
    pthread_barrier_wait(&ready);
    pause();
    return unused;
}

__attribute__((noinline)) static void load(void)
{
    char path[] = "/tmp/coalmine-tls-XXXXXX", command[256];
    if (mkstemp(path) < 0) {
        _exit(1);
    }
    snprintf(command, sizeof command, "cc -O1 -fPIC -shared -x c - -o %s", path);
    FILE *compiler = popen(command, "w");
    fputs("__thread char room[5000]; __thread void *kept;\n"
          "void keep(void *block) { room[7] = 1; kept = block; }\n",
          compiler);
    if (pclose(compiler) != 0) {
        _exit(1);
    }
    void *library = dlopen(path, RTLD_NOW);
    unlink(path);
    keep = (void (*)(void *))dlsym(library, "keep");
    keep(malloc(100));
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    load();
    pthread_create(&thread, NULL, hold, NULL);
    pthread_barrier_wait(&ready);
    forget();
    exit(0);
}

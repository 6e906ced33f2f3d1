/* dlopen and dlclose in loops while other threads walk the list of modules, start threads and
 * allocate: nobody may wait for a lock that another holds. With a second argument, a block that the
 * plugin made is lost at the end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "forget.h"

enum { LOOPS = 150 };

static atomic_bool stop;
static const char *path;

static int visit(struct dl_phdr_info *info, size_t size, void *count)
{
    void *p = malloc(64 + size % 64);
    (*(int *)count) += info->dlpi_phnum > 0 && p != NULL;
    free(p);
    return 0;
}

static void *walk(void *unused)
{
    int count = 0;
    while (!atomic_load(&stop)) {
        dl_iterate_phdr(visit, &count);
    }
    return count > 0 ? NULL : unused;
}

static void *allocate(void *unused)
{
    while (!atomic_load(&stop)) {
        for (size_t size = 1; size < 3000; size += 11) {
            free(malloc(size));
        }
    }
    return unused;
}

static void *release(void *p)
{
    free(p);
    return NULL;
}

static void *start(void *unused)
{
    while (!atomic_load(&stop)) {
        pthread_t thread;
        pthread_create(&thread, NULL, release, malloc(100));
        pthread_join(thread, NULL);
    }
    return unused;
}

static void load_once(int lose)
{
    void *plugin = dlopen(path, RTLD_NOW);
    void *(*make)(size_t) = (void *(*)(size_t))dlsym(plugin, "plugin_make");
    void *p = make(77);
    if (!lose) {
        free(p);
    }
    dlclose(plugin);
}

int main(int argc, char **argv)
{
    pthread_t threads[3];
    void *(*const work[3])(void *) = {walk, allocate, start};
    path = argc > 1 ? argv[1] : "";
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, work[i], NULL);
    }
    for (int i = 0; i < LOOPS; i++) {
        load_once(0);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    if (argc > 2) {
        load_once(1);
    }
    forget();
    puts("loaded and unloaded");
    return 0;
}

/* pthread_create, to learn each thread's stack bounds before it runs: glibc keeps the thread's own
 * structure, which pthread_self() points to, at the top of its stack. Only in the shared library.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "alloc/thread.h"
#include "interpose/entry.h"

enum {
    UNCERTAIN_BYTES = 64 * 1024
}; /* guard and thread-local storage: the lowest and highest part of it */

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

enum { BIRTHS_MOST = 256 };

/* Not in memory that the leak scan leaves out: nothing else may hold the argument until the thread
 * runs. */
struct birth {
    atomic_bool taken;
    void *(*routine)(void *);
    void *argument;
    size_t stack_bytes; /* 0: unknown */
};
static struct birth births[BIRTHS_MOST];

static struct birth *birth_take(void)
{
    for (size_t i = 0; i < BIRTHS_MOST; i++) {
        if (!atomic_load_explicit(&births[i].taken, memory_order_relaxed) &&
            !atomic_exchange(&births[i].taken, true)) {
            return &births[i];
        }
    }
    return NULL;
}

static void birth_give(struct birth *birth)
{
    birth->argument = NULL;
    atomic_store(&birth->taken, false);
}

static void *run(void *given)
{
    struct birth birth = *(struct birth *)given;
    birth_give(given);
    uintptr_t high = (uintptr_t)pthread_self();
    if (entry_is_open() && birth.stack_bytes > UNCERTAIN_BYTES) {
        thread_enter(high - birth.stack_bytes + UNCERTAIN_BYTES, high);
    }
    return birth.routine(birth.argument);
}

static size_t stack_bytes(const pthread_attr_t *attributes)
{
    size_t bytes = 0;
    pthread_attr_t standard;
    if (attributes) {
        return pthread_attr_getstacksize(attributes, &bytes) == 0 ? bytes : 0;
    }
    if (pthread_getattr_default_np(&standard) == 0) {
        if (pthread_attr_getstacksize(&standard, &bytes) != 0) {
            bytes = 0;
        }
        pthread_attr_destroy(&standard);
    }
    return bytes;
}

EXPORTED int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                            void *(*routine)(void *), void *restrict argument)
{
    static create_function *real;
    if (!real) {
        real = (create_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_create");
    }
    struct birth *birth = entry_is_open() ? birth_take() : NULL;
    if (!birth) {
        return real(thread, attributes, routine, argument);
    }
    birth->routine = routine;
    birth->argument = argument;
    birth->stack_bytes = stack_bytes(attributes);
    int error = real(thread, attributes, run, birth);
    if (error) {
        birth_give(birth);
    }
    return error;
}

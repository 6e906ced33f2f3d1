/* pthread_create, to learn each thread's stack bounds before it runs: glibc keeps the thread's own
 * structure, which pthread_self() points to, at the top of its stack. Only in the shared library:
 * behind that of a static program there is no other to be found.
 */
#ifdef PIC
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "alloc/door.h"
#include "alloc/thread.h"
#include "interpose/entry.h"

enum {
    MOST_BIRTHS = 256, /* beyond, a thread's stack is not known: slower, nothing else */
    UNCERTAIN_BYTES = 64 * 1024
}; /* guard and thread-local storage: the lowest and highest part of it */

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct birth {
    void *(*routine)(void *);
    void *argument;
    size_t stack_bytes; /* 0: unknown */
    atomic_bool taken;
};

/* Of threads that have not begun. Here, not in memory of our own: a leak scan must find what is
 * handed to them. */
static struct birth births[MOST_BIRTHS];

/* NULL: all are taken. */
static struct birth *take(void)
{
    for (size_t i = 0; i < MOST_BIRTHS; i++) {
        if (!atomic_load_explicit(&births[i].taken, memory_order_relaxed) &&
            !atomic_exchange(&births[i].taken, true)) {
            return &births[i];
        }
    }
    return NULL;
}

static void give_back(struct birth *birth)
{
    birth->argument = NULL;
    atomic_store(&birth->taken, false);
}

static void *run(void *given)
{
    struct birth *birth = given;
    void *(*routine)(void *) = birth->routine;
    void *volatile argument = birth->argument; /* on the stack, before it is gone from there */
    size_t bytes = birth->stack_bytes;
    give_back(birth);
    uintptr_t high = (uintptr_t)pthread_self();
    if (entry_is_open() && bytes > UNCERTAIN_BYTES) {
        DOOR(door);
        thread_enter(high - bytes + UNCERTAIN_BYTES, high);
    }
    return routine(argument);
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
    struct birth *birth = entry_is_open() ? take() : NULL;
    if (!birth) {
        return real(thread, attributes, routine, argument);
    }
    birth->routine = routine;
    birth->argument = argument;
    birth->stack_bytes = stack_bytes(attributes);
    int error = real(thread, attributes, run, birth);
    if (error) {
        give_back(birth);
    }
    return error;
}
#endif

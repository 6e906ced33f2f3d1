/* pthread_create, to learn each thread's stack bounds before it runs: glibc keeps the thread's own
 * structure, which pthread_self() points to, at the top of its stack. Only in the shared library:
 * behind that of a static program there is no other to be found.
 */
#ifdef PIC
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>

#include "alloc/thread.h"
#include "interpose/entry.h"
#include "os/own.h"

enum {
    UNCERTAIN_BYTES = 64 * 1024
}; /* guard and thread-local storage: the lowest and highest part of it */

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct birth {
    void *(*routine)(void *);
    void *argument;
    size_t stack_bytes; /* 0: unknown */
};

static void *run(void *given)
{
    struct birth birth = *(struct birth *)given;
    own_free(given, sizeof birth);
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
    struct birth *birth = entry_is_open() ? own_alloc(sizeof *birth) : NULL;
    if (!birth) {
        return real(thread, attributes, routine, argument);
    }
    *birth = (struct birth){routine, argument, stack_bytes(attributes)};
    int error = real(thread, attributes, run, birth);
    if (error) {
        own_free(birth, sizeof *birth);
    }
    return error;
}
#endif

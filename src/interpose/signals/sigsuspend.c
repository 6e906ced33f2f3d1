/* Functions that take a signal mask for a while, or for a thread to come. Only in the shared
 * library: behind that of a static program there is no other to be found.
 *
 * ppoll(), pselect() and epoll_pwait() are with the functions whose buffers are checked. */
#ifdef PIC
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "interpose/signals/sigmask.h"

typedef int suspend_function(const sigset_t *);
typedef int set_function(pthread_attr_t *, const sigset_t *);
typedef int get_function(const pthread_attr_t *, sigset_t *);

static struct {
    suspend_function *suspend;
    set_function *set;
    get_function *get;
} real;

/* Before main(): sigsuspend() may be called where dlsym() must not. */
__attribute__((constructor(102))) static void find_real(void)
{
    real.suspend = (suspend_function *)(uintptr_t)dlsym(RTLD_NEXT, "sigsuspend");
    real.set = (set_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_attr_setsigmask_np");
    real.get = (get_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_attr_getsigmask_np");
}

static void need_real(void)
{
    if (!real.suspend) { /* another library's constructor */
        find_real();
    }
}

EXPORTED int sigsuspend(const sigset_t *mask)
{
    sigset_t room;
    need_real();
    return real.suspend(sigmask_for_kernel(mask, &room));
}

EXPORTED int pthread_attr_setsigmask_np(pthread_attr_t *attributes, const sigset_t *mask)
{
    sigset_t room;
    need_real();
    return real.set(attributes, sigmask_for_kernel(mask, &room));
}

EXPORTED int pthread_attr_getsigmask_np(const pthread_attr_t *attributes, sigset_t *mask)
{
    need_real();
    int result = real.get(attributes, mask);
    if (result == 0) {
        sigmask_for_program(mask);
    }
    return result;
}
#endif

/* The older functions about signals, by sigaction: the C library's own would not come by ours. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

static atomic_ulong interrupting; /* bit N-1: siginterrupt() wants signal N to end system calls */

static uint64_t bit_of(int number)
{
    return number > 0 && number <= 64 ? UINT64_C(1) << (number - 1) : 0;
}

static __sighandler_t set(int number, __sighandler_t handler, int flags, bool masks_itself)
{
    struct sigaction to = {.sa_handler = handler, .sa_flags = flags}, was;
    if (handler == SIG_ERR || bit_of(number) == 0) {
        errno = EINVAL;
        return SIG_ERR;
    }
    if (masks_itself) {
        sigaddset(&to.sa_mask, number);
    }
    return sigaction(number, &to, &was) == 0 ? was.sa_handler : SIG_ERR;
}

EXPORTED __sighandler_t signal(int number, __sighandler_t handler)
{
    bool interrupts = atomic_load(&interrupting) & bit_of(number);
    return set(number, handler, interrupts ? 0 : SA_RESTART, true);
}

EXPORTED __sighandler_t ssignal(int number, __sighandler_t handler)
{
    return signal(number, handler);
}

EXPORTED __sighandler_t bsd_signal(int number, __sighandler_t handler)
{
    return signal(number, handler);
}

/* System V: the handler is called once, may be interrupted by its own signal, and ends system
 * calls. */
EXPORTED __sighandler_t __sysv_signal(int number, __sighandler_t handler)
{
    return set(number, handler, (int)SA_RESETHAND | SA_NODEFER, false);
}

EXPORTED __sighandler_t sysv_signal(int number, __sighandler_t handler)
{
    return __sysv_signal(number, handler);
}

EXPORTED int siginterrupt(int number, int interrupt)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) {
        return -1;
    }
    if (interrupt) {
        atomic_fetch_or(&interrupting, bit_of(number));
        action.sa_flags &= ~SA_RESTART;
    } else {
        atomic_fetch_and(&interrupting, ~bit_of(number));
        action.sa_flags |= SA_RESTART;
    }
    return sigaction(number, &action, NULL);
}

static bool mask(int how, int number, sigset_t *before)
{
    sigset_t only;
    return sigemptyset(&only) == 0 && sigaddset(&only, number) == 0 &&
           sigprocmask(how, &only, before) == 0;
}

/* A disposition to hold the signal leaves its action alone; any other lets the signal through. The
 * answer is SIG_HOLD where it was held. */
EXPORTED __sighandler_t sigset(int number, __sighandler_t handler)
{
    sigset_t before;
    struct sigaction was;
    bool holds = handler == SIG_HOLD;
    if (handler == SIG_ERR) {
        errno = EINVAL;
        return SIG_ERR;
    }
    if (!holds) {
        struct sigaction to = {.sa_handler = handler};
        if (sigaction(number, &to, &was) != 0) {
            return SIG_ERR;
        }
    } else if (sigaction(number, NULL, &was) != 0) {
        return SIG_ERR;
    }
    if (!mask(holds ? SIG_BLOCK : SIG_UNBLOCK, number, &before)) {
        return SIG_ERR;
    }
    return sigismember(&before, number) ? SIG_HOLD : was.sa_handler;
}

EXPORTED int sigignore(int number)
{
    struct sigaction to = {.sa_handler = SIG_IGN};
    return sigaction(number, &to, NULL);
}

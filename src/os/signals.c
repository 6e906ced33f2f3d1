#include "os/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

enum { FIRST_REAL_TIME = 32, LAST_SIGNAL = 64 }; /* as the kernel counts, libc's own two included */

static const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) |
                               BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGSYS);

/* The kernel's struct sigaction, which libc's is not. */
struct action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

static void change(int how, const uint64_t *set, uint64_t *before)
{
    int saved = errno;
    (void)syscall(SYS_rt_sigprocmask, how, set, before, sizeof *set);
    errno = saved;
}

void os_signals_hold(struct os_signal_mask *before)
{
    uint64_t standard = BIT(FIRST_REAL_TIME) - 1;
    uint64_t held = standard & ~faults;
    change(SIG_BLOCK, &held, &before->bits);
}

void os_signals_hold_all(struct os_signal_mask *before)
{
    uint64_t all = ~UINT64_C(0);
    change(SIG_BLOCK, &all, &before->bits);
}

void os_signals_restore(const struct os_signal_mask *before)
{
    change(SIG_SETMASK, &before->bits, NULL);
}

uint64_t os_signals_pending(void)
{
    int saved = errno;
    uint64_t pending = 0;
    (void)syscall(SYS_rt_sigpending, &pending, sizeof pending);
    errno = saved;
    return pending;
}

void os_signals_drop_pipe(void)
{
    int saved = errno;
    uint64_t pipe_only = BIT(SIGPIPE);
    const struct timespec at_once = {0};
    (void)syscall(SYS_rt_sigtimedwait, &pipe_only, NULL, &at_once, sizeof pipe_only);
    errno = saved;
}

void os_signals_reset(void)
{
    const struct action standard = {.handler = SIG_DFL};
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        (void)syscall(SYS_rt_sigaction, number, &standard, NULL, sizeof standard.mask);
    }
    uint64_t none = 0;
    change(SIG_SETMASK, &none, NULL);
}

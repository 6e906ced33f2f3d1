#include "os/signals.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "os/io.h"

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

enum { FIRST_REAL_TIME = 32, LAST_SIGNAL = 64 }; /* as the kernel counts, libc's own two included */

static const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) |
                               BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGSYS);

/* Left at their default they do not end the process (signal(7)), or cannot be caught. */
static const uint64_t harmless = BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGSTOP) | BIT(SIGTSTP) |
                                 BIT(SIGTTIN) | BIT(SIGTTOU) | BIT(SIGURG) | BIT(SIGWINCH) |
                                 BIT(SIGKILL);

/* Bits of those not to be held: among them the one that stands for SIGSEGV (os/segv_mask.h). */
static atomic_ulong through = BIT(SIGSTKFLT);

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

bool os_signal_ends(int number)
{
    return number > 0 && number < FIRST_REAL_TIME && !(harmless & BIT(number));
}

bool os_signal_is_crash(int number)
{
    return number > 0 && number < FIRST_REAL_TIME && (faults & BIT(number));
}

bool os_signal_is_fault(int number, const siginfo_t *info)
{
    return os_signal_is_crash(number) && info->si_code > 0;
}

uint64_t os_signals_held(void)
{
    uint64_t standard = BIT(FIRST_REAL_TIME) - 1;
    return standard & ~faults & ~atomic_load(&through);
}

void os_signals_hold(struct os_signal_mask *before)
{
    uint64_t held = os_signals_held();
    change(SIG_BLOCK, &held, &before->bits);
}

void os_signals_hold_all(struct os_signal_mask *before)
{
    uint64_t all = ~atomic_load(&through);
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

static void set_default(int number)
{
    const struct action standard = {.handler = SIG_DFL};
    (void)syscall(SYS_rt_sigaction, number, &standard, NULL, sizeof standard.mask);
}

void os_signals_let_through(int number)
{
    uint64_t bit = BIT(number);
    atomic_fetch_or(&through, bit);
    change(SIG_UNBLOCK, &bit, NULL);
}

void os_signals_repeat(int number, int sender_pid)
{
    siginfo_t info = {.si_signo = number, .si_code = SI_USER};
    info.si_pid = sender_pid;
    if (syscall(SYS_rt_tgsigqueueinfo, os_pid(), os_tid(), number, &info) != 0) {
        (void)syscall(SYS_tgkill, os_pid(), os_tid(), number);
    }
}

/* A signal that another process sent comes again without its name; for a fault the kernel would
 * have to be told what it said itself, which it accepts within a process (rt_tgsigqueueinfo(2)). */
void os_signals_pass_on(int number, siginfo_t *info, void *context)
{
    uint64_t bit = BIT(number);
    change(SIG_BLOCK, &bit, NULL);
    set_default(number);
    bool queued = os_signal_is_fault(number, info) &&
                  syscall(SYS_rt_tgsigqueueinfo, os_pid(), os_tid(), number, info) == 0;
    if (!queued && syscall(SYS_tgkill, os_pid(), os_tid(), number) != 0) {
        os_signals_die_by(number);
    }
    sigdelset(&((ucontext_t *)context)->uc_sigmask, number);
}

void os_signals_leave_to_default(int number)
{
    set_default(number);
    os_signals_let_through(number);
}

void os_signals_die_by(int number)
{
    os_signals_leave_to_default(number);
    (void)syscall(SYS_tgkill, os_pid(), os_tid(), number);
    os_exit_now(128 + number); /* where the system does not let it go: as a shell puts it */
}

void os_signals_reset(void)
{
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        set_default(number);
    }
    uint64_t none = 0;
    change(SIG_SETMASK, &none, NULL);
}

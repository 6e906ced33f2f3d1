#include "interpose/signals/sigaction.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interpose/process.h"
#include "interpose/signals/segv.h"
#include "interpose/signals/sigmask.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/stop_signal.h"

enum { SIGNALS = 65 };

typedef int sigaction_function(int, const struct sigaction *, struct sigaction *);

static sigaction_handler *at_default;                     /* NULL: nothing is watched */
static bool (*take_trap)(siginfo_t *info, void *context); /* NULL: nothing else sends SIGTRAP */
static struct sigaction table[SIGNALS];

/* Process 1 is not ended by what others send, where it left the default: what cannot come needs no
 * handler. */
static bool is_watched(int number)
{
    return os_signal_ends(number) && (os_signal_is_crash(number) || os_pid() != 1);
}

int sigaction_change(int number, const struct sigaction *to, struct sigaction *was)
{
    static sigaction_function *real;
    static bool is_static;
    if (!real && !is_static) {
        real = (sigaction_function *)(uintptr_t)dlsym(RTLD_NEXT, "sigaction");
        is_static = real == NULL;
    }
    struct sigaction kernel;
    if (to) {
        kernel = *to;
        (void)!sigmask_for_kernel(&to->sa_mask, &kernel.sa_mask);
        to = &kernel;
    }
    int result = real ? real(number, to, was) : os_sigaction(number, to, was);
    if (result == 0 && was) {
        sigmask_for_program(&was->sa_mask);
    }
    return result;
}

static struct sigaction stand_in(void)
{
    struct sigaction ours = {.sa_sigaction = at_default,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    uint64_t held = os_signals_held();
    memcpy(&ours.sa_mask, &held, sizeof held); /* the C library's set begins with the kernel's */
    return ours;
}

static bool has_handler(const struct sigaction *action)
{
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* Stands in for a handler with SA_RESETHAND: in the kernel that would lead to the default, without
 * us. A child that runs in its parent's memory leaves the parent's table alone. */
static void call_once(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    struct sigaction wanted = table[number], ours = stand_in();
    (void)!sigaction_change(number, &ours, NULL);
    if (process_is_ours()) {
        table[number].sa_handler = SIG_DFL;
    }
    errno = saved;
    wanted.sa_sigaction(number, info, context); /* one that takes less finds its argument, too */
}

/* Stands in for whatever the program wants on SIGTRAP. */
static void call_after_watch(int number, siginfo_t *info, void *context)
{
    if (take_trap(info, context) || table[number].sa_handler == SIG_IGN) {
        return;
    }
    if (table[number].sa_flags & (int)SA_RESETHAND) {
        call_once(number, info, context);
    } else {
        table[number].sa_sigaction(number, info, context);
    }
}

/* What the kernel is to have where the program wants `wanted`. */
static struct sigaction for_kernel(int number, const struct sigaction *wanted)
{
    if (wanted->sa_handler == SIG_DFL) {
        return stand_in();
    }
    struct sigaction action = *wanted;
    if (number == SIGTRAP && take_trap) {
        action.sa_sigaction = call_after_watch;
        action.sa_flags &= ~(int)SA_RESETHAND;
        action.sa_flags |= SA_SIGINFO;
    } else if (has_handler(wanted) && (wanted->sa_flags & (int)SA_RESETHAND)) {
        action.sa_sigaction = call_once;
        action.sa_flags &= ~(int)SA_RESETHAND;
        action.sa_flags |= SA_SIGINFO;
    }
    return action;
}

/* What the program set, where the kernel has `actual`. */
static struct sigaction for_program(const struct sigaction *actual,
                                    const struct sigaction *remembered)
{
    if (actual->sa_sigaction == at_default) {
        struct sigaction standard = *remembered;
        standard.sa_handler = SIG_DFL;
        return standard;
    }
    bool stood_in = actual->sa_sigaction == call_once || actual->sa_sigaction == call_after_watch;
    return stood_in ? *remembered : *actual;
}

EXPORTED int sigaction(int number, const struct sigaction *to, struct sigaction *was)
{
    if (number == SIGSEGV && segv_is_ours()) {
        return segv_sigaction(to, was);
    }
    if (!at_default || !is_watched(number)) {
        return sigaction_change(number, to, was);
    }
    struct sigaction remembered = table[number], wanted, kernel, actual;
    if (to) {
        wanted = *to;
        kernel = for_kernel(number, to);
        if (process_is_ours()) {
            table[number] = wanted; /* before the kernel has it: call_once() looks here */
        }
    }
    int result = sigaction_change(number, to ? &kernel : NULL, &actual);
    if (result == 0 && was) {
        *was = for_program(&actual, &remembered);
    }
    return result;
}

EXPORTED int __sigaction(int number, const struct sigaction *to, struct sigaction *was)
{
    return sigaction(number, to, was);
}

void sigaction_watch(sigaction_handler *handler)
{
    at_default = handler;
    struct sigaction ours = stand_in(), was;
    for (int number = 1; number < SIGNALS; number++) {
        if (is_watched(number) && sigaction_change(number, NULL, &was) == 0 &&
            was.sa_handler == SIG_DFL) {
            table[number] = was;
            (void)!sigaction_change(number, &ours, NULL);
        }
    }
}

void sigaction_watch_traps(bool (*take)(siginfo_t *info, void *context))
{
    struct sigaction was;
    take_trap = take;
    if (sigaction_change(SIGTRAP, NULL, &was) == 0 && was.sa_sigaction != at_default) {
        table[SIGTRAP] = was;
        struct sigaction ours = for_kernel(SIGTRAP, &was);
        (void)!sigaction_change(SIGTRAP, &ours, NULL);
    }
}

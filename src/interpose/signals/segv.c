#include "interpose/signals/segv.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "alloc/door.h"
#include "interpose/process.h"
#include "interpose/signals/hit.h"
#include "interpose/signals/sigaction.h"
#include "interpose/signals/stray.h"
#include "os/keys.h"
#include "os/segv_mask.h"
#include "os/signals.h"
#include "os/stop_signal.h"

/* What the program set last is one of a ring, so that a handler finds it whole while another thread
 * sets the next. */
enum { KEPT = 64 };

struct wanted {
    _Atomic(sigaction_handler *) handler;
    atomic_int flags;
    atomic_ulong mask; /* as the program sees it */
};

static struct wanted ring[KEPT];
static atomic_ulong taken, newest; /* places, counted from the first; one is this modulo KEPT */
static bool is_ours;
static sigaction_handler *at_default = os_signals_pass_on;

static uint64_t bits_of(const sigset_t *set)
{
    uint64_t bits;
    memcpy(&bits, set, sizeof bits); /* the C library's set begins with the kernel's */
    return bits;
}

static void copy(unsigned long place, struct sigaction *out)
{
    const struct wanted *from = &ring[place % KEPT];
    uint64_t mask = atomic_load(&from->mask);
    memset(out, 0, sizeof *out);
    out->sa_sigaction = atomic_load(&from->handler);
    out->sa_flags = atomic_load(&from->flags);
    memcpy(&out->sa_mask, &mask, sizeof mask);
}

static void read_wanted(struct sigaction *out)
{
    unsigned long place;
    do {
        place = atomic_load(&newest);
        copy(place, out);
    } while (atomic_load(&newest) != place);
}

static void replace_wanted(const struct sigaction *to, struct sigaction *was)
{
    unsigned long place = atomic_fetch_add(&taken, 1) + 1;
    struct wanted *entry = &ring[place % KEPT];
    atomic_store(&entry->handler, to->sa_sigaction);
    atomic_store(&entry->flags, to->sa_flags);
    atomic_store(&entry->mask, bits_of(&to->sa_mask));
    unsigned long before = atomic_exchange(&newest, place);
    if (was) {
        copy(before, was);
    }
}

static bool has_handler(const struct sigaction *action)
{
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* As the kernel does before it calls a handler. */
static void take_mask(const struct sigaction *wanted, const ucontext_t *context)
{
    uint64_t blocked = segv_mask_to_program(bits_of(&context->uc_sigmask));
    blocked |= bits_of(&wanted->sa_mask);
    if (!(wanted->sa_flags & SA_NODEFER)) {
        blocked |= UINT64_C(1) << (SIGSEGV - 1);
    }
    (void)!segv_mask_change(SIG_SETMASK, &blocked, NULL);
}

static void show_mask(sigset_t *set, uint64_t bits)
{
    memcpy(set, &bits, sizeof bits);
}

static void install(const struct sigaction *wanted);

/* On the stack that the kernel chose, which may be small and nearly full. */
static void call_program(const struct sigaction *wanted, int number, siginfo_t *info,
                         ucontext_t *context)
{
    take_mask(wanted, context);
    show_mask(&context->uc_sigmask, segv_mask_to_program(bits_of(&context->uc_sigmask)));
    wanted->sa_sigaction(number, info, context); /* one that takes less finds its argument, too */
    show_mask(&context->uc_sigmask, segv_mask_to_kernel(bits_of(&context->uc_sigmask)));
}

/* A child that runs in its parent's memory leaves what the parent set alone. */
static void forget_handler(const struct sigaction *wanted)
{
    struct sigaction standard = *wanted;
    standard.sa_handler = SIG_DFL;
    if (process_is_guest()) {
        (void)!sigaction_change(SIGSEGV, &standard, NULL);
    } else {
        replace_wanted(&standard, NULL);
        install(&standard);
    }
}

/* A fault that is blocked or ignored ends the process, with the default action (signal(7)). */
static void dispatch(int number, siginfo_t *info, void *given)
{
    ucontext_t *context = given;
    struct sigaction wanted;
    read_wanted(&wanted);
    bool is_fault = os_signal_is_fault(number, info);
    bool is_blocked = segv_mask_blocks(bits_of(&context->uc_sigmask));
    if (!is_fault && wanted.sa_handler == SIG_IGN) {
        return;
    }
    if (!has_handler(&wanted) || (is_fault && is_blocked)) {
        if (os_keys_denied(number, info) && at_default == os_signals_pass_on) {
            stray_say((uintptr_t)info->si_addr);
        }
        at_default(number, info, context);
        return;
    }
    if (os_keys_denied(number, info)) {
        stray_say((uintptr_t)info->si_addr);
    }
    if (wanted.sa_flags & (int)SA_RESETHAND) {
        int saved = errno;
        forget_handler(&wanted);
        errno = saved;
    }
    call_program(&wanted, number, info, context);
}

static bool is_guard(int number, siginfo_t *info, void *context)
{
    DOOR(door);
    return os_signal_is_fault(number, info) && hit_take(number, info, context) != HIT_NONE;
}

static void handle(int number, siginfo_t *info, void *context)
{
    if (!stray_permit(number, info, context) && !is_guard(number, info, context)) {
        dispatch(number, info, context);
    }
}

/* What stays as the program's is what the kernel needs before it calls: which stack, and whether
 * system calls go on. */
static void install(const struct sigaction *wanted)
{
    struct sigaction ours = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_NODEFER};
    ours.sa_flags |= has_handler(wanted) ? wanted->sa_flags & (SA_ONSTACK | SA_RESTART)
                                         : SA_ONSTACK | SA_RESTART;
    show_mask(&ours.sa_mask, os_signals_held());
    (void)!os_sigaction(SIGSEGV, &ours, NULL);
}

static int change_as_guest(const struct sigaction *to, struct sigaction *was)
{
    int result = sigaction_change(SIGSEGV, to, was);
    if (result == 0 && was && was->sa_sigaction == handle) {
        read_wanted(was);
    }
    return result;
}

int segv_sigaction(const struct sigaction *to, struct sigaction *was)
{
    if (process_is_guest()) {
        return change_as_guest(to, was);
    }
    struct sigaction before;
    if (to) {
        struct sigaction wanted = *to; /* `was` may be the same */
        replace_wanted(&wanted, &before);
        install(&wanted);
    } else {
        read_wanted(&before);
    }
    if (was) {
        *was = before;
    }
    return 0;
}

bool segv_is_ours(void)
{
    return is_ours;
}

void segv_watch(void)
{
    struct sigaction was;
    if (os_sigaction(SIGSEGV, NULL, &was) != 0) {
        return;
    }
    replace_wanted(&was, NULL);
    segv_mask_start();
    is_ours = true;
    install(&was);
}

void segv_set_default(sigaction_handler *handler)
{
    at_default = handler;
}

static bool is_ignored(void)
{
    struct sigaction wanted;
    read_wanted(&wanted);
    return segv_is_ours() && wanted.sa_handler == SIG_IGN;
}

/* Of actions, only that a signal is ignored outlasts an exec. */
void segv_reveal(void)
{
    segv_mask_reveal();
    if (is_ignored()) {
        (void)!sigaction_change(SIGSEGV, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    }
}

void segv_conceal(void)
{
    segv_mask_conceal();
    if (is_ignored()) {
        install(&(struct sigaction){.sa_handler = SIG_IGN});
    }
}

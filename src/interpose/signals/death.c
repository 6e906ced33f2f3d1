/* A handler of ours stands where the program left a deadly signal at its default. It writes the
 * report, on a stack of its own, and has the signal come again with its default action.
 *
 * What must not happen is that the process stays. So:
 * - A signal that interrupts a part of ours which has a lock is put off until the lock is free.
 * - A fault in such a part is told in one line.
 * - While one thread reports, others that would die wait for it.
 * - A timer ends the process where the report does not come to its end, and so does the same
 *   signal once more, some time after the first. (Not at once: timeout(1) sends each one twice.)
 * - Where the reporting thread is deep in the kernel and no handler runs on it, SIGKILL does. */
#include "interpose/signals/death.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "alloc/door.h"
#include "alloc/thread.h"
#include "base/strbuf.h"
#include "inspect/watched.h"
#include "interpose/process.h"
#include "interpose/signals/hit.h"
#include "interpose/signals/segv.h"
#include "interpose/signals/sigaction.h"
#include "interpose/signals/trap.h"
#include "os/alarm.h"
#include "os/clock.h"
#include "os/fault.h"
#include "os/io.h"
#include "os/lock.h"
#include "os/message.h"
#include "os/own.h"
#include "os/peek.h"
#include "os/probe.h"
#include "os/signal_stack.h"
#include "os/signals.h"
#include "report/model.h"
#include "stack/stack.h"

enum {
    REPORT_MOST_MS = 60 * 1000,
    INSIST_MS = 1000, /* after that long, the same signal again means: now */
    LAST_WORDS_MS = 1000,
    KILL_AFTER_MS = REPORT_MOST_MS + 5 * 1000,
    WAIT_US = 10 * 1000,
    STACK_BYTES = 256 * 1024,
    OVERFLOW_NEAR_BYTES = 64 * 1024, /* from the stack pointer to what a full stack lacks */
};

static _Alignas(16) char report_stack[STACK_BYTES];
static atomic_int dying_tid; /* the thread that reports; 0: none */
static int dying_number;
static uint64_t dying_since_ms;

/* A signal that was put off. By thread: the lock is. */
static THREAD_LOCAL struct {
    int number, pid, sender_pid;
} put_off;

/* Where this thread called abort(). */
static THREAD_LOCAL struct call_site aborted;

struct blow {
    int number;
    siginfo_t *info;
    void *context;
};

static int sender(const siginfo_t *info)
{
    bool has_sender =
        info->si_code == SI_USER || info->si_code == SI_TKILL || info->si_code == SI_QUEUE;
    return has_sender ? info->si_pid : 0;
}

static void say(int number, const char *words)
{
    char text[128];
    struct strbuf line;
    strbuf_init(&line, text, sizeof text);
    strbuf_printf(&line, "==%d== coalmine: SIG%s: %s\n", os_pid(), sigabbrev_np(number), words);
    os_message_write(os_message_standard_error(), text, line.length);
}

/* An access to what is not there of the stack, around its newest frame. */
static bool is_overflow(int number, const struct os_fault *fault)
{
    uintptr_t lowest = fault->sp - OVERFLOW_NEAR_BYTES;
    return number == SIGSEGV && fault->has_address &&
           (fault->access == OS_FAULT_READ || fault->access == OS_FAULT_WRITE) &&
           fault->address - lowest < 2 * OVERFLOW_NEAR_BYTES &&
           !os_word_is_readable(fault->address & ~(uintptr_t)7);
}

/* True if this stack is that of a call of abort(): a handler may have left an earlier one. */
static bool leads_to_abort(uint32_t stack)
{
    enum { BELOW_MOST = 8 }; /* frames of abort() and what it calls */
    struct stack_view view = stack_view(stack);
    for (uint32_t i = 1; i < view.count && i <= BELOW_MOST; i++) {
        if (view.frames[i] == aborted.pc) {
            return true;
        }
    }
    return false;
}

/* After a jump to nowhere, the stack is that of whoever jumped, by a call in all likelihood. Each
 * word of the stack is asked about before it is read: it may be gone. */
static uint32_t capture(const struct os_fault *fault)
{
    struct call_site site = {.pc = fault->pc | STACK_EXACT, .sp = fault->sp, .fp = fault->fp};
    uintptr_t caller;
    if (fault->access == OS_FAULT_EXECUTE &&
        os_peek(fault->sp, &caller, sizeof caller) == sizeof caller) {
        site = (struct call_site){.pc = caller, .sp = fault->sp + sizeof caller, .fp = fault->fp};
    }
    uint32_t stack = stack_capture(NULL, &site);
    return leads_to_abort(stack) ? stack_capture(NULL, &aborted) : stack;
}

/* What the interrupted function has in registers stands in the handler's own frame: below the stack
 * pointer, or on the alternate stack. The latter is looked through as a whole. */
static uintptr_t lowest_in_use(const struct os_fault *fault, const void *context)
{
    enum { FRAME_MOST = 64 * 1024, RED_ZONE = 128 /* x86-64 psABI 3.2.2 */ };
    uintptr_t frame = (uintptr_t)context;
    return fault->sp - frame < FRAME_MOST ? frame : fault->sp - RED_ZONE;
}

static void report(void *context)
{
    DOOR(door);
    const struct blow *blow = context;
    struct death death = {
        .number = blow->number,
        .is_fault = os_signal_is_fault(blow->number, blow->info),
        .sender_pid = blow->number == SIGPIPE ? 0 : sender(blow->info),
        .thread = thread_current ? thread_current->number : 0,
    };
    os_fault_read(blow->number, blow->info, blow->context, &death.fault);
    death.stack_is_full = is_overflow(blow->number, &death.fault);
    death.is_told = death.is_fault && hit_is_told(death.fault.pc, death.fault.address);
    death.stack = capture(&death.fault);
    process_finish_dying(&death, lowest_in_use(&death.fault, blow->context));
}

static _Noreturn void wait_for_end(int number)
{
    for (uint64_t start = os_clock_ms(); os_clock_ms() - start < REPORT_MOST_MS;) {
        os_sleep_us(WAIT_US);
    }
    os_signals_die_by(number);
}

/* What the report waits for may be that somebody reads it, and these words would wait as well: so
 * the signal ends the process while they do. */
static void say_at_last(int number, const char *words)
{
    os_signals_leave_to_default(dying_number);
    os_alarm_set(dying_number, LAST_WORDS_MS);
    say(number, words);
}

/* On the thread that reports, meanwhile. */
static void again(int number, const siginfo_t *info)
{
    if (os_alarm_sent(info)) {
        say_at_last(number, "the report took too long and was given up");
    } else if (os_signal_is_fault(number, info)) {
        say_at_last(number, "a fault of the allocator's own, amid the report");
    } else if (os_clock_ms() - dying_since_ms < INSIST_MS) {
        return;
    }
    os_signals_die_by(dying_number);
}

static void limit_time(int number)
{
    os_alarm_set(number, REPORT_MOST_MS);
    os_alarm_set(SIGKILL, KILL_AFTER_MS);
}

static void die(struct blow *blow)
{
    int nobody = 0;
    if (!atomic_compare_exchange_strong(&dying_tid, &nobody, os_tid())) {
        if (nobody != os_tid()) {
            wait_for_end(blow->number);
        }
        again(blow->number, blow->info);
        return;
    }
    dying_number = blow->number;
    dying_since_ms = os_clock_ms();
    limit_time(blow->number);
    os_signals_let_through(blow->number);
    if (lock_call_when_free()) {
        struct os_fault fault;
        os_fault_read(blow->number, blow->info, blow->context, &fault);
        say(blow->number, is_overflow(blow->number, &fault)
                              ? "the stack is full (stack overflow); no leaks were looked for"
                              : "amid the allocator's own work; no leaks were looked for");
    } else {
        signal_stack_call(report_stack + STACK_BYTES, report, blow);
    }
    os_signals_pass_on(blow->number, blow->info, blow->context);
}

static void come_again(void)
{
    if (put_off.pid == os_pid()) { /* not a child that was forked meanwhile */
        os_signals_repeat(put_off.number, put_off.sender_pid);
    }
}

/* For process 1 the kernel ignores what others send, where the default would be its end. */
static bool is_ignored(int number, const siginfo_t *info)
{
    return os_pid() == 1 && !os_signal_is_fault(number, info);
}

/* Until the interrupted thread has no lock. */
static bool may_wait(int number, const siginfo_t *info)
{
    return !os_signal_is_fault(number, info) && !os_alarm_sent(info) &&
           atomic_load(&dying_tid) != os_tid();
}

static void handle(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    struct blow blow = {number, info, context};
    if (number == SIGTRAP && trap_take(info, context)) {
        return;
    }
    if (!process_is_ours()) {
        os_signals_pass_on(number, info, context);
    } else if (is_ignored(number, info)) {
        errno = saved;
        return;
    } else if (may_wait(number, info) && lock_call_when_free()) {
        put_off.number = number;
        put_off.pid = os_pid();
        put_off.sender_pid = sender(info);
        limit_time(number); /* for a lock that never gets free */
    } else {
        die(&blow);
    }
    errno = saved;
}

void death_from(const struct call_site *site)
{
    aborted = *site;
}

void death_after_fork(void)
{
    atomic_store(&dying_tid, 0); /* the thread that reports is not in this process */
    hit_after_fork();
    watched_after_fork();
}

void death_watch(void)
{
    own_add_range(report_stack, sizeof report_stack);
    lock_freed = come_again;
    sigaction_watch(handle);
    segv_set_default(handle);
    if (process_options.guard != OPTIONS_GUARD_OFF && process_options.sites[0]) {
        trap_watch();
    }
    signal_stack_give();
}

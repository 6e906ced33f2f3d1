/* Holding signals off the calling thread for a while, whatever the program did to them. */
#ifndef OS_SIGNALS_H
#define OS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_signal_mask {
    uint64_t bits; /* the kernel's own form: bit N-1 for signal N */
};

/* Holds back the standard signals, so that no handler leaves our code by longjmp. Not held: faults,
 * which cannot wait, and real-time signals, by which threads are stopped for a scan. */
void os_signals_hold(struct os_signal_mask *before);
void os_signals_hold_all(struct os_signal_mask *before);
void os_signals_restore(const struct os_signal_mask *before);

/* Takes a SIGPIPE that this thread caused and holds back; another's stays. */
void os_signals_drop_pipe(void);
uint64_t os_signals_pending(void);

/* Those whose default action ends the process, without SIGKILL and the real-time ones; and of them
 * those that tell of a mistake of the program. */
MUST_USE bool os_signal_ends(int number);
MUST_USE bool os_signal_is_crash(int number);

/* Made by the kernel for what the thread itself did just now: it cannot go on from there. */
MUST_USE bool os_signal_is_fault(int number, const siginfo_t *info);

/* What os_signals_hold() holds back, for the mask of a signal handler. */
uint64_t os_signals_held(void);

/* From now on this one is not held back by the functions above; on this thread, not at all. */
void os_signals_let_through(int number);

/* Sends one to this thread as if by that process. */
void os_signals_repeat(int number, int sender_pid);

/* From the handler of a signal: it gets its default action, and comes again, with what was known of
 * it, once the handler has returned. So a core shows the program where it was. */
void os_signals_pass_on(int number, siginfo_t *info, void *context);

/* From now on that signal has its default action, and nothing holds it off this thread. */
void os_signals_leave_to_default(int number);

/* The program ends by it, now. */
_Noreturn void os_signals_die_by(int number);

/* For a child that is about to become another program: no handler, nothing held. */
void os_signals_reset(void);

#endif

/* The signal that stops threads: which one, its handler, sending it. By system call throughout,
 * so that whatever the program or we put in the place of sigaction and kill is not involved. */
#ifndef OS_STOP_SIGNAL_H
#define OS_STOP_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* Takes a real-time signal that nobody handles and installs `handler` for it: its number, or 0
 * if none is free. Under a debugger it is SIGURG, if nobody handles that: debuggers stop at any
 * real-time signal, and pass this one on without a word. One that was kept from last time is taken
 * again. All signals are blocked in the handler. */
MUST_USE int stop_signal_take(void (*handler)(int, siginfo_t *, void *));

/* Gives the signal back to the program; only when none of those sent can still arrive. */
void stop_signal_give_back(int signal);

/* False if there is no such thread. */
MUST_USE bool stop_signal_send(int signal, int tid);

/* True if the thread has the signal blocked. */
MUST_USE bool stop_signal_is_blocked(int signal, int tid);

enum stop_signal_outlook {
    OUTLOOK_NONE, /* it can never answer: it has ended, or is one of the kernel's own (io_uring) */
    OUTLOOK_WAITING, /* for something else than the processor */
    OUTLOOK_RUNNING,
};
enum stop_signal_outlook stop_signal_outlook(int tid);

#endif

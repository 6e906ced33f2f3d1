/* Keeps a signal handler that captures a stack out of the parts of this layer its own thread is in
 * the middle of: there it would wait for itself. Such a capture makes do with what can be read
 * without a lock. */
#ifndef STACK_GUARD_H
#define STACK_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/compiler.h"

extern THREAD_LOCAL volatile bool stack_is_inside;

/* True while this thread holds all signals back for libunwind, which would do so itself whenever it
 * uses its pools, four times for a rule: then an interposed sigprocmask() has nothing to do. */
extern HIDDEN THREAD_LOCAL bool stack_holds_signals;

/* False: this thread is inside already; then do not call leave. */
static inline MUST_USE bool guard_enter(void)
{
    if (stack_is_inside) {
        return false;
    }
    stack_is_inside = true;
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

static inline void guard_leave(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    stack_is_inside = false;
}

#endif

/* Stacks for signal handlers: one for each thread, so that even a stack that is used up can be told
 * of, and the change to another for what needs more. */
#ifndef OS_SIGNAL_STACK_H
#define OS_SIGNAL_STACK_H

#include <stddef.h>

/* Gives the calling thread an alternate stack, unless it has one or there is no memory. */
void signal_stack_give(void);

/* Before the thread ends: takes it back, if it is still the one in use. */
void signal_stack_take(void);

/* Calls function(context) on the stack that ends at `top`, a multiple of 16, which a signal handler
 * runs on from then on: no other signal may start again at the top of the alternate stack, where
 * this handler's own frame is. NULL: on this stack. */
void signal_stack_call(void *top, void (*function)(void *context), void *context);

/* For a handler that goes on after it: the alternate stack is what it was. `context` is the
 * handler's. */
void signal_stack_resume(const void *context);

#endif

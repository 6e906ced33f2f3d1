/* The control socket: with control=on, `coalmine ctl` may ask this process while it runs.
 *
 * A hidden thread (interpose/hidden_thread.h) waits for questions, answers one after the other, and
 * otherwise sleeps. It waits for nobody while it holds a lock but for the helper that names frames.
 */
#ifndef INTERPOSE_CONTROL_CONTROL_H
#define INTERPOSE_CONTROL_CONTROL_H

#include <stdint.h>

/* From the constructor, once libc is usable. Does nothing unless asked for, in privileged programs,
 * and where threads cannot be had from the C library (static programs); says so. */
void control_start(void);

/* In a forked child, with none of our locks held: the parent's thread is not there, and (unless
 * children=off) the child answers for itself. */
void control_forget(void);
void control_after_fork(void);

/* Of the control thread: what it has on its stack is no root. */
uintptr_t control_stack_end(void);

#endif

/* The control socket: with control=on, `coalmine ctl` may ask this process while it runs.
 *
 * A thread of ours waits for questions, answers one after the other, and otherwise sleeps. It runs
 * no code of the program, blocks all signals but those by which the C library has all threads
 * change their user, has descriptors of its own (os/private_files.h), allocates nothing of the
 * program's heap, and is left out when threads are stopped. It waits for nobody while it holds a
 * lock but for the helper that names frames. */
#ifndef INTERPOSE_CONTROL_H
#define INTERPOSE_CONTROL_H

#include <stdint.h>

/* From the constructor, once libc is usable. Does nothing unless asked for, in privileged programs,
 * and where threads cannot be had from the C library (static programs); says so. */
void control_start(void);

/* In a forked child, which answers for itself (unless children=off), with none of our locks held.
 */
void control_after_fork(void);

/* Of the control thread: what it has on its stack is no root. */
uintptr_t control_stack_end(void);

#endif

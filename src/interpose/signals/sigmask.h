/* Signal masks that a program hands to the kernel otherwise than by sigprocmask(). */
#ifndef INTERPOSE_SIGNALS_SIGMASK_H
#define INTERPOSE_SIGNALS_SIGMASK_H

#include <signal.h>

#include "base/compiler.h"

/* The mask to hand on in place of `given`, in `room`: handlers run under it, so it must not keep
 * SIGSEGV from them (os/segv_mask.h). NULL stays NULL. */
MUST_USE const sigset_t *sigmask_for_kernel(const sigset_t *given, sigset_t *room);

/* Back again, in place. */
void sigmask_for_program(sigset_t *mask);

#endif

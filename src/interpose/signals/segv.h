/* SIGSEGV while guard pages are in use: in the kernel its handler is ours from start to end, and it
 * is never blocked there (os/segv_mask.h). What the program sets is kept here, shown to it, and
 * done by us: a fault that is no business of ours comes to the program's handler under the mask, on
 * the stack and with the registers with which the kernel would have called it; what the handler
 * changes in them holds. A program that sets its action by a system call of its own cannot be seen,
 * and has SIGSEGV to itself from then on.
 *
 * No lock; all is async-signal-safe. */
#ifndef INTERPOSE_SIGNALS_SEGV_H
#define INTERPOSE_SIGNALS_SEGV_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "interpose/signals/sigaction.h"

/* Takes SIGSEGV over. With the first block: from then on there are guards. Calls no function of the
 * C library that may not be ready yet. */
void segv_watch(void);

/* What is to be done from now on where the program has the default; before, it just dies. */
void segv_set_default(sigaction_handler *handler);

MUST_USE bool segv_is_ours(void);

/* sigaction() for SIGSEGV, once it is ours. */
int segv_sigaction(const struct sigaction *to, struct sigaction *was);

/* Around what may make another program of this process, or of a child: with an action and a mask
 * that are inherited. */
void segv_reveal(void);
void segv_conceal(void);

#endif

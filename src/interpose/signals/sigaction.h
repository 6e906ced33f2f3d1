/* What the program does about signals, and what we do about those it leaves at their default.
 *
 * Where the default is the process's end, a handler of ours stands in its place, so that the report
 * is written first. The program sees SIG_DFL there, and its own handlers are installed just as it
 * gave them. What holds is what the kernel has; the table only remembers the flags and mask of a
 * default and the handler that is to be called once (SA_RESETHAND). No lock, so sigaction stays
 * async-signal-safe. With guard pages SIGSEGV is another matter: interpose/signals/segv.h. */
#ifndef INTERPOSE_SIGNALS_SIGACTION_H
#define INTERPOSE_SIGNALS_SIGACTION_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"

typedef void sigaction_handler(int number, siginfo_t *info, void *context);

/* sigaction(2) of the kernel's own, but for the masks, which are the program's. */
MUST_USE int sigaction_change(int number, const struct sigaction *to, struct sigaction *was);

/* Puts `handler` in the place of defaults, now and whenever the program sets one. */
void sigaction_watch(sigaction_handler *handler);

/* Asks `take` about each SIGTRAP first, whatever the program does about that; false: it is the
 * program's. */
void sigaction_watch_traps(bool (*take)(siginfo_t *info, void *context));

#endif

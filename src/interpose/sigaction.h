/* What the program does about signals, and what we do about those it leaves at their default.
 *
 * Where the default is the process's end, a handler of ours stands in its place, so that the report
 * is written first. The program sees SIG_DFL there, and its own handlers are installed just as it
 * gave them. What holds is what the kernel has; the table only remembers the flags and mask of a
 * default and the handler that is to be called once (SA_RESETHAND). No lock, so sigaction stays
 * async-signal-safe. */
#ifndef INTERPOSE_SIGACTION_H
#define INTERPOSE_SIGACTION_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"

typedef void sigaction_handler(int number, siginfo_t *info, void *context);

/* Puts `handler` in the place of defaults, now and whenever the program sets one. */
void sigaction_watch(sigaction_handler *handler);

#endif

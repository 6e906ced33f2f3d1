/* SIGTRAP, where hardware watchpoints send it: those are ours, all others the program's. */
#ifndef INTERPOSE_SIGNALS_TRAP_H
#define INTERPOSE_SIGNALS_TRAP_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"

/* From the constructor, after sigaction_watch(): watches may be set from now on. */
void trap_watch(void);

/* From a handler: true if it was a watchpoint's; what there is to tell was told. */
MUST_USE bool trap_take(siginfo_t *info, void *context);

#endif

/* Faults at our own records (option protect_records): writes by the program, which are stray; and
 * what only lacks a right that it is due. Async-signal-safe. */
#ifndef INTERPOSE_SIGNALS_STRAY_H
#define INTERPOSE_SIGNALS_STRAY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* From the handler of SIGSEGV, first of all. True: the instruction is to be done again, with the
 * right that it needs. Then nothing has been said. */
MUST_USE bool stray_permit(int number, const siginfo_t *info, void *context);

/* One line, for a fault that no report will be written of: the program has a handler for it. */
void stray_say(uintptr_t address);

#endif

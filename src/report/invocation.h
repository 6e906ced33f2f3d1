/* How the program was started: what the kernel handed over, before the program writes over it. */
#ifndef REPORT_INVOCATION_H
#define REPORT_INVOCATION_H

#include <stdbool.h>

#include "base/compiler.h"

/* A copy, NULL-terminated, of the first 128 KiB or so; never freed. NULL: no memory. */
MUST_USE const char *const *invocation_copy(char *const *argv);

/* True if the environment has that variable, and not empty. */
MUST_USE bool invocation_sets(char *const *environment, const char *name);

#endif

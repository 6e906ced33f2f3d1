/* What a call from one module into another was meant for: read from the instruction before its
 * return address and from the table that the loader filled for it, so that a function has the name
 * that its caller knows, and has it in stripped files and for implementations chosen at run time
 * too. Takes no lock, allocates nothing, async-signal-safe, keeps errno. */
#ifndef OS_CALL_TARGET_H
#define OS_CALL_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_call_target {
    const char *name;  /* in the caller's own table: valid while that is loaded */
    uintptr_t address; /* where the call goes */
};

/* False if it is not known: a call by way of a pointer, or within one module. */
MUST_USE bool os_call_target(uintptr_t return_address, struct os_call_target *out);

#endif

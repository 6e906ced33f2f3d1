/* Reading memory that may not be there: no fault, whatever the address. Keeps errno, takes no lock,
 * async-signal-safe. */
#ifndef OS_PEEK_H
#define OS_PEEK_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Copies up to `bytes` from `from`; returns how many were readable before the first that was
 * not. */
MUST_USE size_t os_peek(uintptr_t from, void *to, size_t bytes);

#endif

/* Whether memory can be read, asked of the kernel instead of found out by a fault: mincore() also
 * says yes to pages without access. One system call; async-signal-safe; keeps errno. */
#ifndef OS_PROBE_H
#define OS_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* True if the eight bytes at `address` can be read now. */
MUST_USE bool os_word_is_readable(uintptr_t address);

#endif

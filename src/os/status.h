/* Numbers out of /proc status files: lines of "Name:" and a value. Keeps errno, takes no lock. */
#ifndef OS_STATUS_H
#define OS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* The value in the line that starts with `name` (colon included), in the given base (10 or 16).
 * False if the file cannot be read or has no such line. */
MUST_USE bool os_status_number(const char *path, const char *name, unsigned base, uint64_t *value);

#endif

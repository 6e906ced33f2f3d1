/* How many bytes an instruction reads or writes in memory. */
#ifndef OS_ACCESS_WIDTH_H
#define OS_ACCESS_WIDTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum { OS_INSTRUCTION_MOST = 15 }; /* bytes */

/* Of the instruction at `code`, of which `length` bytes could be read; it has a memory operand. 0:
 * not known, or not a fixed number (repeated, masked, gathered). */
MUST_USE unsigned os_access_width(const uint8_t *code, size_t length);

#endif

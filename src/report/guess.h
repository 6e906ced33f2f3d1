/* What bytes look like: said only where it is likely to be true. */
#ifndef REPORT_GUESS_H
#define REPORT_GUESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Appends "text", "a string terminator", "zeros", "a pointer into libfoo.so", "a pointer to a
 * 64-byte block", "the number 42", or nothing. The bytes stood at `address`. Under LOCK_REPORT. */
void guess_bytes(struct strbuf *out, uintptr_t address, const uint8_t *bytes, size_t length);

#endif

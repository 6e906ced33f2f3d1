/* Memory for our own records, apart from the user's heap, so that no stray write of the program's
 * blocks runs into it. Sizes are rounded to powers of two (16 bytes to 64 KiB, larger ones to
 * pages); zeroed; 16-byte aligned. Thread-safe; not async-signal-safe. NULL when the system gives
 * no more. */
#ifndef OS_OWN_H
#define OS_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

MUST_USE void *own_alloc(size_t bytes);
void own_free(void *at, size_t bytes); /* `bytes` as asked for */

/* The same for records that the program's stray writes are to be kept off: where keys are used
 * (os/keys.h), in pages of their own, which carry the key. */
MUST_USE void *own_alloc_record(size_t bytes);
void own_free_record(void *at, size_t bytes);

/* Tells the leak scan which memory is ours and holds no root. Calls `visit` for every range;
 * no lock is held meanwhile. */
void own_each_range(void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

/* Makes a range known that was not made here (reservations). A handful only; at start. */
void own_add_range(const void *start, size_t bytes);

size_t own_total_bytes(void); /* mapped for records, without reservations */
void own_register_lock(void);

#endif

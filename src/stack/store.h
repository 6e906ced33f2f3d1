/* Memory of the stack layer that lasts as long as the process: one reservation, made at the first
 * use, given access piece by piece. Below lie the stored stacks, above them the tables.
 *
 * Thread-safe and async-signal-safe without a lock, but for the first call, which takes LOCK_OWN.
 * Where address space is short a smaller reservation is made; what does not fit is refused. */
#ifndef STACK_STORE_H
#define STACK_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Zeroed, page-aligned, never given back. NULL when out of memory or space. */
MUST_USE void *store_take_table(size_t bytes);

struct store_records {
    char *start;  /* NULL: no memory */
    size_t bytes; /* reserved, not yet accessible */
};
struct store_records store_records(void);

#endif

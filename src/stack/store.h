/* Memory of the stack layer that lasts as long as the process: one reservation, made at the first
 * use, given access piece by piece. Three areas grow in it: stored stacks, stacks made readable
 * again, and tables.
 *
 * Thread-safe and async-signal-safe without a lock, but for the first call, which takes LOCK_OWN.
 * Where address space is short a smaller reservation is made; what does not fit is refused. */
#ifndef STACK_STORE_H
#define STACK_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum store_area { STORE_RECORDS, STORE_VIEWS, STORE_TABLES, STORE_AREAS };

enum { STORE_RECORD_UNIT = 4 };

/* Zeroed and never given back. Records are multiples of their unit, views of 8 bytes, tables of
 * pages; pieces of an area follow each other. NULL when out of memory or space. */
MUST_USE void *store_take(enum store_area area, size_t bytes);

/* Where an area begins: the first piece taken lies there. NULL before that. */
char *store_start(enum store_area area);

#endif

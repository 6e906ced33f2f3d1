/* Memory that the program declared to hold roots, wherever it is. The table is own memory under
 * LOCK_ROOTS, which a scan takes before it stops anybody. Thread-safe. */
#ifndef INSPECT_REGIONS_H
#define INSPECT_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* What is in the region keeps blocks alive, until it is removed as often as it was added. Memory of
 * it that is not there is skipped. False: no memory, or nothing to add. */
bool roots_add_region(const void *start, size_t bytes);

/* False if no such region was added: start and length must be the same. */
bool roots_remove_region(const void *start, size_t bytes);

/* For a scan: no region comes or goes in between. */
void regions_hold(void);
void regions_release(void);

/* Calls `visit` for every region; between regions_hold() and regions_release(), or in a copy of the
 * process made then. */
void regions_each(void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

void regions_register_lock(void);

#endif

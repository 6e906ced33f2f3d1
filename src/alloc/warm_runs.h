/* A few runs of released large blocks, kept with their pages for the next of the same length, so
 * that a program that takes and releases a large buffer in a loop need not fault it in anew. Only
 * for heaps that neither fill nor quarantine: a warm run reads as whatever its last block held.
 *
 * At most WARM_RUNS of them and WARM_BYTES. Thread-safe under LOCK_LARGE, which is taken inside. */
#ifndef ALLOC_WARM_RUNS_H
#define ALLOC_WARM_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "heap/arena.h"

enum { WARM_RUNS = 32, WARM_BYTES = 8 * 1024 * 1024, WARM_LARGEST_BYTES = 2 * 1024 * 1024 };

/* The latest with this many granules; NULL: none. */
MUST_USE struct granule *warm_run_take(uint32_t granules);

/* Keeps a run whose kind is GRANULE_NONE and whose length is set; older ones go back to the system
 * for it. False: too large, it stays the caller's. */
MUST_USE bool warm_run_put(struct granule *run);

/* Gives all of them back. True if there were any. */
bool warm_runs_drop(void);

void warm_runs_register_lock(void);

#endif

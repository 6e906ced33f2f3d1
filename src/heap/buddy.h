/* Runs of granules: split and joined by the binary buddy method (Knuth, TAOCP vol. 1, 2.5,
 * algorithm R and S; Knowlton 1965), with one twist: the unused tail of a rounded-up run goes back
 * at once, as smaller runs, and a run can grow into free neighbours.
 *
 * Free runs hold no memory: their pages were discarded and read as zero. Thread-safe under
 * LOCK_BUDDY; system calls are made outside it. */
#ifndef HEAP_BUDDY_H
#define HEAP_BUDDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "heap/arena.h"

/* A run of `granules` in a row, zeroed, committed; aligned to its length rounded up to a power of
 * two. Its head's kind is GRANULE_NONE until the caller sets one. NULL: no memory. */
MUST_USE struct granule *run_alloc(uint32_t granules);

/* Gives all pages back to the system. The caller has taken the kind away (GRANULE_NONE) from every
 * granule. */
void run_free(struct granule *run, uint32_t granules);

/* The same for a run whose pages were given back already and read as zero. */
void run_free_clean(struct granule *run, uint32_t granules);

/* Grows a run in place from `granules` to `wanted`; the new part is zeroed and committed. Never
 * past the alignment of the run's start: run_head() could not find it from there. */
MUST_USE bool run_extend(struct granule *run, uint32_t granules, uint32_t wanted);

/* Free runs hold no memory, but the system counts them as long as they could (RLIMIT_DATA, strict
 * overcommit). For when it gives no more: makes them inaccessible. True if that freed anything.
 * Takes LOCK_BUDDY. */
bool buddy_decommit_idle(void);

/* Granules in use by anybody. */
size_t buddy_granules_in_use(void);

/* Granules with a lower index may be in use; none above was ever. */
size_t buddy_frontier(void);

void buddy_register_lock(void);

#endif

/* Runs of released large blocks. First their addresses are held back, in the order of their
 * release, and what was written to them since is looked for. After that those that are all guard
 * wait on a shelf: the next block that needs as long a run has two guards that stand already, and
 * costs one system call. Until then they still are the block that was released, for whoever asks
 * about an address. Internal to alloc/large.
 *
 * Where nothing is filled, held back or guarded, a few released runs are kept with their memory in
 * place of all this (alloc/warm_runs.h). */
#ifndef ALLOC_LARGE_HELD_H
#define ALLOC_LARGE_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc/large.h"
#include "base/compiler.h"
#include "heap/arena.h"

void large_held_start(void);

/* Nothing reads what a released block held, so it need not go. */
bool large_keeps_warm(void);

/* Takes the run of a block that was released. */
void large_hold(struct granule *run);

/* A run of that length that is all guard and can be opened for such a block; NULL if there is none.
 */
struct granule *large_shelf_take(uint32_t granules, const struct large_demand *demand);

#endif

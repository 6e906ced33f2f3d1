/* Large blocks: each a run of its own. The block begins LARGE_FRONT bytes of canary into the run
 * (more where its alignment asks for it) and the rest of its last page is canary.
 *
 * A released one gives its memory back at once and keeps its addresses in a quarantine of its own:
 * there a page that comes back to life and is not zero was written after the release, and
 * mincore(2) says which pages those are. Where nothing is filled nor held back, a few released runs
 * are kept with their memory (alloc/warm_runs.h). LOCK_LARGE guards quarantine only; whoever has a
 * block's record works on its run alone. */
#ifndef ALLOC_LARGE_H
#define ALLOC_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/ref.h"
#include "base/compiler.h"

void large_start(void);

struct large_demand {
    size_t size, alignment;
    bool zero; /* else the block's bytes may be what an earlier block left */
};

/* A run with its canaries written, the record NEVER: for the caller to fill and publish, after
 * which ref->run becomes visible by large_publish(). */
MUST_USE bool large_take(const struct large_demand *demand, struct ref *out);
void large_publish(const struct ref *ref);

/* Gives up the addresses that are held back, for when there are no others. True if there were any.
 */
bool large_release_held(void);

/* Takes a released block, wiped and its record FREED. */
void large_retire(const struct ref *ref);

/* Sets the block's size within its run, growing that if possible; canaries after it are written
 * anew. False: no room. New bytes are zero or what the block held there before. */
MUST_USE bool large_resize(struct ref *ref, size_t size);

/* Moves contents by page tables from one block to another of at least its size. False: copy
 * instead. */
MUST_USE bool large_move(const struct ref *from, const struct ref *to);

void large_ref(struct granule *run, struct ref *out);

/* First byte written since the release, and one past the last one in that page. */
MUST_USE bool large_late_write(const struct ref *ref, uintptr_t *first, uintptr_t *last_end);

/* Gives the memory of a released block back: it reads as zero, and what is not was written since.
 */
void large_wipe(const struct ref *ref);

#endif

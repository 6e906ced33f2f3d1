/* Large blocks: each a run of its own.
 *
 * With guards (alloc/large_guards.h) all of the run but the block's pages is guard, and when it is
 * released those too: its memory goes back, and who touches it is stopped. Without, the block
 * begins LARGE_FRONT bytes of canary into the run (more where its alignment asks for it) and the
 * rest of its last page is canary; a released one gives its memory back at once and keeps its
 * addresses: there a page that comes back to life and is not zero was written after the release,
 * and mincore(2) says which pages those are. What becomes of released runs: alloc/large_held.h.
 *
 * Whoever has a block's record works on its run alone, without a lock. */
#ifndef ALLOC_LARGE_H
#define ALLOC_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/guard_choice.h"
#include "alloc/ref.h"
#include "base/compiler.h"

void large_start(void);

struct large_demand {
    size_t size, alignment;
    bool zero; /* else the block's bytes may be what an earlier block left */
    enum api via;
    enum guard_side side; /* auto: as all */
    bool has_phase;       /* it is to begin `phase` bytes into a page, for large_move() */
    uint16_t phase;
};

/* A run with its canaries written, the record NEVER: for the caller to fill and publish, after
 * which ref->run becomes visible by large_publish(). */
MUST_USE bool large_take(const struct large_demand *demand, struct ref *out);
void large_publish(const struct ref *ref);

/* Gives up the addresses that are held back, for when there are no others. True if there were any.
 */
bool large_release_held(void);

/* Takes a block whose release has begun and was noted in its record: its memory goes away, and the
 * record becomes FREED. */
void large_retire(const struct ref *ref);

/* Sets the block's size within its run, growing that if possible; canaries after it are written
 * anew. False: no room. New bytes are zero or what the block held there before. */
MUST_USE bool large_resize(struct ref *ref, size_t size);

/* Moves contents by page tables from one block to another of at least its size that begins at the
 * same place in its page. False: copy instead. */
MUST_USE bool large_move(const struct ref *from, const struct ref *to);

void large_ref(struct granule *run, struct ref *out);

/* First byte written since the release, and one past the last one in that page. */
MUST_USE bool large_late_write(const struct ref *ref, uintptr_t *first, uintptr_t *last_end);

/* Gives the memory of a released block back: it reads as zero, and what is not was written since.
 */
void large_wipe(const struct ref *ref);

#endif

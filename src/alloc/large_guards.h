/* Guards of large blocks. All of a run but the pages that hold the block is guard:
 *
 *     run          front      start      start + size     end            end of the run
 *     | guard      | canary   | the user's    | canary    | guard        |
 *
 * The block touches one of the two as near as its alignment lets it. Either guard may have been
 * refused: then the canary beside the block is as without guards. Once released the block is closed
 * too, and its run all guard.
 *
 * Whoever has the block's record (or the run, where there is no block) may change guards; anybody
 * may ask. */
#ifndef ALLOC_LARGE_GUARDS_H
#define ALLOC_LARGE_GUARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/large.h"
#include "base/compiler.h"
#include "heap/arena.h"

enum large_guard {
    LARGE_GUARD_FRONT = 1,
    LARGE_GUARD_BACK = 2,
    LARGE_CLOSED = 4,      /* released: the block's pages are closed, or about to be */
    LARGE_REOPENED = 8,    /* pages that should not be are open, so that the program can go on */
    LARGE_TOLD = 16,       /* what was wrong with the block was told */
    LARGE_FRONT_READ = 32, /* opened for reading only: this guard … */
    LARGE_BACK_READ = 64,  /* … or that … */
    LARGE_DATA_READ = 128, /* … or the pages of the released block; under LOCK_OPEN */
};

static inline bool large_has(const struct granule *run, unsigned flags)
{
    return (atomic_load_explicit(&run->large_guards, memory_order_relaxed) & flags) == flags;
}

/* True if not all of them were set before. */
static inline bool large_set(struct granule *run, unsigned flags)
{
    return (atomic_fetch_or_explicit(&run->large_guards, (uint8_t)flags, memory_order_relaxed) &
            flags) != flags;
}

static inline void large_clear(struct granule *run, unsigned flags)
{
    atomic_fetch_and_explicit(&run->large_guards, (uint8_t)~flags, memory_order_relaxed);
}

static inline uintptr_t run_end(const struct granule *run)
{
    return granule_start(run) + ((uintptr_t)run->granules << GRANULE_SHIFT);
}

/* Large blocks are to have guards. */
bool large_guards_are_wanted(void);

/* From the start of a run, and from its first byte that the block may have, to the block's own. */
size_t large_start_offset(uintptr_t run, const struct large_demand *demand);

/* Bytes of a run that suffice for the block and all that is around it; 0 if there is no such
 * number. */
size_t large_room(const struct large_demand *demand);

/* Where the pages of the block begin and end, or what canary there is without a guard. */
uintptr_t large_front(const struct granule *run);
uintptr_t large_end(const struct granule *run);

/* Of a run that is open, its block's place and size known. */
void large_guard(struct granule *run);

/* Opens a whole run. False: the system refuses; the run is as it was, or guard in part. */
MUST_USE bool large_unguard(struct granule *run);

/* Closes the pages of a released block, and guards that were opened. False: refused. */
MUST_USE bool large_close(struct granule *run);

/* True if a run that is all guard can be opened for such a block: of one that is closed as a long
 * range only the pages that it had open before, neither more nor fewer. */
MUST_USE bool large_can_open_for(const struct granule *run, const struct large_demand *demand);

/* Makes room in such a run for the block that is noted there by now. False: refused. */
MUST_USE bool large_open(struct granule *run);

/* The pages of the block ended at `old_end` and are to end at `new_end`; the run ended at
 * `old_run_end` and may have become longer. Pages that the block loses are lost with what they
 * hold, those it gains are zero. False: refused; the guard is where it was, and what the run gained
 * may be open. */
MUST_USE bool large_move_guard(struct granule *run, uintptr_t old_end, uintptr_t new_end,
                               uintptr_t old_run_end);

#endif

/* Guarded runs: slots of whole pages with a guard page behind each, and one before the first.
 *
 *     guard | data of slot 0 | guard | data of slot 1 | guard | …
 *
 *     data of slot i begins at   run start + OS_PAGE + i * (pages + 1) * OS_PAGE
 *     record i is                records + i * HEAP_RECORD_BYTES
 *
 * Data pages are open while the slot is taken and closed otherwise: without access or contents.
 * A slot that is put back is taken again as late as may be, first in, first out.
 *
 * A class has the slots of one number of data pages. Its lists are under its lock (LOCK_CLASS);
 * looking a slot up takes none. */
#ifndef HEAP_GUARDED_H
#define HEAP_GUARDED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "heap/arena.h"
#include "os/pages.h"

enum {
    GUARDED_PAGES_MOST = 8,    /* of data in one slot */
    GUARDED_RUN_GRANULES = 16, /* of the largest runs; slots_index() bears no more */
};

/* What is known of a slot besides its record. */
struct guarded_slot {
    uint32_t next;          /* in a list of its class; under that lock */
    uint16_t start_offset;  /* block's first byte, from the first of the data */
    _Atomic uint16_t flags; /* enum guarded_flag; 0 in a slot that is handed out but for AHEAD */
};

enum guarded_flag {
    GUARDED_AT_END = 1,   /* the block touches the guard behind it, not the one before */
    GUARDED_TOLD = 2,     /* what was wrong with the block was told */
    GUARDED_UNCLOSED = 4, /* released, but the system refused to close the data: it is filled */
    GUARDED_OPENED = 8,   /* released, but opened again: reads as freed memory */
    GUARDED_BEHIND = 16,  /* the guard behind is open */
    GUARDED_AHEAD = 32,   /* of slot 0: the guard before is open */
    GUARDED_HIT = 64,     /* a page was opened on account of this block */
    GUARDED_KNOWN = 1024, /* damage to its canaries was told of by a call: alloc/known.h */
    GUARDED_READ_SHIFT = 4,
    GUARDED_OPENED_READ = GUARDED_OPENED << GUARDED_READ_SHIFT, /* … for reading only: under … */
    GUARDED_BEHIND_READ = GUARDED_BEHIND << GUARDED_READ_SHIFT, /* … LOCK_OPEN, as of the next … */
    GUARDED_AHEAD_READ = GUARDED_AHEAD << GUARDED_READ_SHIFT, /* … two; outlasts being closed */
};

/* Registers the locks. Slots with up to `held_least_bytes` of data, or as much as is taken, are
 * kept back from being taken again, but no more than `held_most_bytes`. */
void guarded_start(size_t held_least_bytes, size_t held_most_bytes);
void guarded_keep_history(void);

/* A slot of so many data pages, open. Its data is zero unless its flags say otherwise. False: no
 * memory, or the system refuses guards. */
MUST_USE bool guarded_take(unsigned pages, struct granule **run, uint32_t *slot);

/* Closes the data of a slot, and guards around it that were opened. False: the data is as it was.
 */
MUST_USE bool guarded_close(struct granule *run, uint32_t slot);

/* Puts a slot back, closed or not. */
void guarded_put(struct granule *run, uint32_t slot);

/* Closes slots that stand ready to be taken: their memory goes back to the system. True if there
 * were any. */
bool guarded_trim(void);

/* Bytes of data in slots that are taken. */
size_t guarded_taken_bytes(void);

static inline size_t guarded_data_bytes(const struct granule *run)
{
    return run->slots.bytes - OS_PAGE;
}

static inline bool guarded_has(const struct granule *run, uint32_t slot, unsigned flags)
{
    return atomic_load_explicit(&run->guarded.places[slot].flags, memory_order_relaxed) & flags;
}

/* True if not all of them were set before. */
static inline bool guarded_set(const struct granule *run, uint32_t slot, unsigned flags)
{
    return (atomic_fetch_or_explicit(&run->guarded.places[slot].flags, (uint16_t)flags,
                                     memory_order_relaxed) &
            flags) != flags;
}

static inline void guarded_clear(const struct granule *run, uint32_t slot, unsigned flags)
{
    atomic_fetch_and_explicit(&run->guarded.places[slot].flags, (uint16_t)~flags,
                              memory_order_relaxed);
}

#endif

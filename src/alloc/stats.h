/* Figures of the whole heap. The peak is exact with one thread; with several the true one may be
 * higher by 16 KiB for each. Thread-safe; the figures of a running program are of no single moment.
 */
#ifndef ALLOC_STATS_H
#define ALLOC_STATS_H

#include <stddef.h>
#include <stdint.h>

struct heap_stats {
    uint64_t live_blocks, live_bytes; /* sizes asked for */
    uint64_t peak_bytes;
    uint64_t allocations, frees;
    uint64_t quarantine_bytes;
    uint64_t unquarantined;       /* releases that could not be held back for want of memory */
    uint64_t arena_bytes;         /* handed out as slabs and runs, whatever their use */
    uint64_t guarded;             /* blocks that stood at a guard page, large ones too */
    uint64_t guarded_by_mprotect; /* of these: each took mappings */
    uint64_t unguarded;           /* blocks that should have: no guard, or no memory for one */
};

struct heap_stats heap_stats(void);

#endif

/* Figures of the whole heap. Peak is followed in steps of at most 16 KiB per thread: the true one
 * may be that much higher. Thread-safe; the figures of a running program are of no single moment.
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
    uint64_t unquarantined; /* releases that could not be held back for want of memory */
    uint64_t arena_bytes;   /* handed out as slabs and large runs, whatever their use */
};

struct heap_stats heap_stats(void);

#endif

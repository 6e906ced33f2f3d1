/* From an address to its block, and over all blocks. Works on any address, interior ones too, by
 * arithmetic: nothing is read at the address. Lock-free, async-signal-safe. */
#ifndef ALLOC_LOOKUP_H
#define ALLOC_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"
#include "block/record.h"

/* The block whose slot or run `address` lies in, freed ones included. False where there never was a
 * block (or no longer is: its memory went back to the system). */
MUST_USE bool block_find(uintptr_t address, struct block_info *out);

/* The whole range that can hold blocks; nothing outside it is ours. */
void heap_range(uintptr_t *start, uintptr_t *end);

/* Calls `visit` for every block in the given state, by rising address. The heap should be at rest
 * (other threads stopped), or what is seen is of no single moment. */
void block_each(enum block_state state,
                void (*visit)(void *context, const struct block_info *block), void *context);

/* A run as a scan of the whole heap wants it: slot i begins at first_slot + i * slot_bytes, and its
 * record is records[i]. A large block is a run of one slot, which is the block itself. */
struct heap_run {
    uintptr_t start, end; /* addresses of it, whole granules */
    uintptr_t first_slot;
    uint32_t slots;
    uint32_t slot_bytes; /* 0: a large block, of `large_bytes` */
    bool guarded;        /* blocks begin anywhere in their slot, the rest of which may be closed */
    uint32_t reciprocal; /* slot of an offset: offset * reciprocal >> 36; see heap/slab.h */
    size_t large_bytes;  /* asked for */
    const struct record *records;
};

/* Calls `visit` for every run that holds or held blocks, by rising address. As block_each(). */
void heap_each_run(void (*visit)(void *context, const struct heap_run *run), void *context);

/* Where the block begins whose slot the address lies in; the address itself if there is none. */
uintptr_t heap_block_at(uintptr_t address);

/* No run ends above. */
uintptr_t heap_frontier(void);

#endif

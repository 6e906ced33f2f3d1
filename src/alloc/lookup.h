/* From an address to its block, and over all blocks. Works on any address, interior ones too, by
 * arithmetic: nothing is read at the address. Lock-free, async-signal-safe. */
#ifndef ALLOC_LOOKUP_H
#define ALLOC_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"

/* The block whose slot or run `address` lies in, freed ones included. False where there never was a
 * block (or no longer is: its memory went back to the system). */
MUST_USE bool block_find(uintptr_t address, struct block_info *out);

/* The whole range that can hold blocks; nothing outside it is ours. */
void heap_range(uintptr_t *start, uintptr_t *end);

/* Calls `visit` for every block in the given state, by rising address. The heap should be at rest
 * (other threads stopped), or what is seen is of no single moment. */
void block_each(enum block_state state,
                void (*visit)(void *context, const struct block_info *block), void *context);

#endif

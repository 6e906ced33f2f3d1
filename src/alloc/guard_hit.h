/* What a page fault at an address of the heap means, and how the program goes on after it. */
#ifndef ALLOC_GUARD_HIT_H
#define ALLOC_GUARD_HIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"

/* A fault at an address of ours. */
struct guard_hit {
    uintptr_t address;
    enum finding_kind kind; /* overflow, underflow or use after free */
    ptrdiff_t offset;       /* of the address, from the first byte of `block` */
    struct block_info block;
    bool is_opened;     /* something around that block was opened, since it was allocated */
    bool has_neighbour; /* it may be meant as well */
    struct block_info neighbour;
    uintptr_t pages; /* what is to be opened, so that the access succeeds */
    size_t pages_bytes;
    bool is_data;       /* the pages are those of the block, not a guard */
    bool is_read;       /* for guarded_open(), from who knows: nothing was damaged */
    bool spares_canary; /* likewise: what is damaged there is not known, and yet to be told */
};

/* True if the address is in a guard, or in the pages of a released block that was guarded. Takes no
 * lock, async-signal-safe, reads nothing at the address. */
MUST_USE bool guarded_hit(uintptr_t address, struct guard_hit *out);

/* A write that ran into the guard beside a live block: true if it, or what was written before it,
 * came through the canary between them, of which [first, last_end) is damaged. Damage that does not
 * reach so far is left to be told by itself, which is noted. The caller tells, or it is lost. */
MUST_USE bool guarded_hit_canary(struct guard_hit *hit, uintptr_t *first, uintptr_t *last_end);

/* Opens the pages that were hit: those of a released block read as freed memory, a guard as zero.
 * After a read they can be read only, so that the first write there is a hit of its own; after a
 * write, or where the system refuses that, they are open, and further damage to the block is not
 * told. With its release the guard closes again. Async-signal-safe. False: the system refuses. */
MUST_USE bool guarded_open(const struct guard_hit *hit);

/* An access to `bytes` from `first` on, outside of that block or after its release, was told before
 * it happens: no page of ours stops it, and damage that it does is not told. No more than 64 MiB
 * are opened. */
void guarded_let_through(const struct block_info *block, uintptr_t first, size_t bytes,
                         bool is_read);

#endif

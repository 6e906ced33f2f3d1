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
    bool is_data; /* the pages are those of the block, not a guard */
    bool is_read; /* for guarded_open(), from who knows: nothing was damaged */
};

/* True if the address is in a guard, or in the pages of a released block that was guarded. Takes no
 * lock, async-signal-safe, reads nothing at the address. */
MUST_USE bool guarded_hit(uintptr_t address, struct guard_hit *out);

/* Opens the pages that were hit: those of a released block read as freed memory, a guard as zero.
 * Further damage to the block is not told, unless it was read only, and with its release the guard
 * closes again. Async-signal-safe. False: the system refuses. */
MUST_USE bool guarded_open(const struct guard_hit *hit);

/* Opens what is closed of [start, end), for a call that was told to go there: it is not to be
 * stopped once more, and the kernel is to find memory there. No more than the first MiB or so. */
void guarded_open_for(uintptr_t start, uintptr_t end, bool is_read);

#endif

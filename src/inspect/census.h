/* All blocks of a heap at rest, numbered by rising address, with one byte for each: what a leak
 * scan works on. From any address to its block by arithmetic over a table of 32 bytes per granule,
 * small enough to stay in the processor's caches; a block's record is read only where its size is
 * wanted. Memory comes straight from the kernel. One thread; the heap must not change. */
#ifndef INSPECT_CENSUS_H
#define INSPECT_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/lookup.h"
#include "base/compiler.h"
#include "block/record.h"
#include "heap/arena.h"

/* How far a scan has got with a block. */
enum census_level {
    CENSUS_NONE,      /* no live block is in that slot */
    CENSUS_UNSEEN,    /* nothing is known to point to it */
    CENSUS_TOUCHED,   /* held by interior pointers that nothing explains */
    CENSUS_LASTING,   /* reached from the data of the C and C++ runtime */
    CENSUS_REACHED,   /* reached from the program's roots */
    CENSUS_LED_TO,    /* lost, and another lost block leads to it */
    CENSUS_CANDIDATE, /* lost, and none of lower address leads to it */
    CENSUS_COUNTED,   /* lost, and counted as a leader or under one */
};

enum {
    CENSUS_LEVEL_MASK = 7,
    CENSUS_PENDING = 1 << 3, /* its contents are to be looked into */
    CENSUS_OLD = 1 << 4,     /* born before the generation in question */
    CENSUS_KEPT = 1 << 5,    /* never a leak, whatever points to it */
    CENSUS_DISPLACED =
        1 << 6, /* the block does not begin with its slot: strictly aligned or guarded */
};

/* What one granule belongs to. All of a run's granules say the same. */
struct stretch {
    uintptr_t first_slot;
    uint64_t extent; /* bytes from there on that belong to slots; 0: no blocks here */
    uint32_t slot_bytes;
    uint32_t reciprocal; /* 0 for a large block, whose slot 0 is all of it */
    uint32_t first;      /* number of slot 0 */
    uint32_t head;       /* the run's first granule */
};
_Static_assert(sizeof(struct stretch) == 32, "two to a cache line");

struct census {
    struct stretch *stretch;             /* one per granule */
    const struct record *const *records; /* one per granule, valid at heads */
    uint8_t *state;                      /* one per slot: enum census_level and flags */
    uintptr_t start;                     /* of the first granule */
    size_t bytes;                        /* of the address range */
    size_t granules;
    uint32_t slots, used; /* room in `state`, and numbers given out */
    size_t blocks;        /* live ones */
};

enum { CENSUS_NOBODY = UINT32_MAX };

/* `judge` says which of CENSUS_OLD and CENSUS_KEPT a live block gets. False: no memory, or 2^32
 * slots; nothing is kept then. */
MUST_USE bool census_take(struct census *census,
                          uint8_t (*judge)(void *context, const struct record *record),
                          void *context);
void census_drop(struct census *census);

/* The memory that the census itself is in. */
void census_each_range(const struct census *census,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

static inline enum census_level census_level(const struct census *census, uint32_t slot)
{
    return (enum census_level)(census->state[slot] & CENSUS_LEVEL_MASK);
}

static inline void census_set_level(struct census *census, uint32_t slot, enum census_level level)
{
    census->state[slot] = (uint8_t)((census->state[slot] & ~CENSUS_LEVEL_MASK) | level);
}

static inline const struct stretch *census_stretch(const struct census *census, uintptr_t address)
{
    return &census->stretch[(address - census->start) >> GRANULE_SHIFT];
}

/* The number of the slot that `address` lies in, or CENSUS_NOBODY. */
static ALWAYS_INLINE uint32_t census_slot(const struct census *census, uintptr_t address)
{
    if (address - census->start >= census->bytes) {
        return CENSUS_NOBODY;
    }
    const struct stretch *stretch = census_stretch(census, address);
    uint64_t offset = address - stretch->first_slot;
    return offset < stretch->extent
               ? stretch->first + (uint32_t)(offset * stretch->reciprocal >> 36)
               : CENSUS_NOBODY;
}

/* One block, taken apart. */
struct resident {
    uint32_t slot; /* its number */
    uintptr_t address;
    size_t size_bytes; /* asked for */
    const struct record *record;
};

/* The block in slot number `slot`, which belongs to `stretch` and is live. */
void census_resident(const struct census *census, const struct stretch *stretch, uint32_t slot,
                     struct resident *out);

/* The live block whose bytes `address` is among; those of an empty block are its address. */
MUST_USE bool census_find(const struct census *census, uintptr_t address, struct resident *out);

/* Calls `visit` for the live blocks whose state, under `mask`, is `value`, by rising address, or
 * falling. It may change the level of any. Stops where it answers false, and answers so. */
bool census_each(const struct census *census, uint8_t mask, uint8_t value, bool rising,
                 bool (*visit)(void *context, const struct resident *block), void *context);

#endif

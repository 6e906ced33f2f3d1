/* The one reservation of address space that holds every block, and a descriptor for each granule of
 * it.
 *
 * A granule is 64 KiB. A run is one or more granules in a row with one use: free, a slab of small
 * blocks, guarded slots, or one large block. From any address: granule index by a shift, descriptor
 * by an array index, and a descriptor says what its run is. Granules inside a run have kinds of
 * their own. Each of those inside a slab or a guarded run says what the head says of its slots, and
 * where that head is; those inside a large run say nothing.
 *
 * Reading a descriptor takes no lock; its `kind` is written last and cleared first. An address in a
 * live block leads to a run that stays. Of any other the run may go back, and its granules become
 * another's, while somebody looks: slots_find_record() is for him, and the record's state tells
 * whether there is a block.
 *
 * Beside the descriptors there is a hint for each granule: where the last look-up from there found
 * the head of its run. Large runs have no other way to their head in one step: marking thousands of
 * granules at each allocation would cost more than the allocation, and a mark that is made later,
 * in a descriptor that may have changed hands meanwhile, would do damage. A hint harms nobody: it
 * may be out of date, and the head itself tells whether it has the granule. */
#ifndef HEAP_ARENA_H
#define HEAP_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum {
    GRANULE_SHIFT = 16,
    HEAP_RECORD_BYTES = 16, /* room for what a higher layer records of each block */
    HEAP_HISTORY_WORDS = 4, /* for one, too: what happened in a slot last */
    HEAP_HISTORY_BYTES = HEAP_HISTORY_WORDS * 8,
    HEAP_LARGE_HISTORY_WORDS = 2,
    SLOTS_RECIPROCAL_SHIFT = 36,
    HEAP_CHUNK_GRANULES = 16, /* 1 MiB: memory is committed in such steps */
};
#define GRANULE_BYTES ((size_t)1 << GRANULE_SHIFT)

enum granule_kind {
    GRANULE_NONE,         /* inside a large or a free run, or never used */
    GRANULE_FREE,         /* head of a free run */
    GRANULE_LARGE,        /* head of a large block's run */
    GRANULE_SLAB = 4,     /* head of a slab: heap/slab.h */
    GRANULE_SLAB_BODY,    /* inside one */
    GRANULE_GUARDED = 8,  /* head of a run of guarded slots: heap/guarded.h */
    GRANULE_GUARDED_BODY, /* inside one */
};

/* How a run is cut into slots of one size: what leads from an address to its slot. The granules
 * inside the run have it as well, so that each of them leads there by itself. */
struct granule_slots {
    uint32_t bytes;         /* from one slot to the next */
    uint32_t count;         /* 0 before the run goes back: see slots_find_record() */
    unsigned char *records; /* HEAP_RECORD_BYTES each, one per slot */
    uint32_t reciprocal;    /* ceil(2^36 / bytes): see slots_index() */
    int32_t lead;           /* bytes from the first slot to this granule: below 0 in the head */
    uint64_t *history;      /* HEAP_HISTORY_WORDS each; NULL: none is kept */
};

struct granule {
    _Alignas(64) _Atomic uint8_t kind; /* enum granule_kind */
    union {
        uint8_t order;  /* free runs: log2 of granules */
        uint8_t inside; /* runs of slots: how many granules behind the head this one is */
    };
    union {
        uint8_t size_class;           /* slabs */
        _Atomic uint8_t large_guards; /* what stands around a large block: alloc/large_guards.h */
    };
    bool listed;       /* slabs: in their class's list of slabs with free slots; under its lock */
    uint32_t granules; /* length of a run in use */
    uint32_t next,
        prev; /* in a list of runs: granule index + 1, 0 ends it; under that list's lock */
    union {
        struct {
            struct granule_slots slots;
            union {
                struct {
                    uint64_t *free_map;  /* bit set: slot is with the slab */
                    uint32_t free_slots; /* these three under the class's lock */
                    uint32_t first_free; /* no free slot in a map word before this one */
                } slab;
                struct {
                    struct guarded_slot *places; /* one per slot */
                    uint32_t carved; /* slots that have their guards; under the class's lock */
                    uint32_t opened; /* slots that were handed out at some time; same lock */
                } guarded;
            };
        };
        struct {
            size_t start_offset; /* block's first byte, from the run's */
            size_t size_bytes;   /* asked for */
            _Alignas(8) unsigned char record[HEAP_RECORD_BYTES];
            uint64_t history[HEAP_LARGE_HISTORY_WORDS]; /* as a slab's, where one is kept */
        } large;
    };
};
_Static_assert(sizeof(struct granule) == 64, "one descriptor, one cache line");
_Static_assert(offsetof(struct granule, slots.count) == offsetof(struct granule, large) + 4,
               "the upper half of a start_offset: 0, but for alignments of 4 GiB");

/* Read-mostly; set once by arena_start(). */
struct arena {
    uintptr_t base;
    size_t bytes;
    struct granule *granules;
    _Atomic uint32_t *heads; /* hints: granule indexes, by granule index; 0 at first */
};
extern HIDDEN struct arena arena;

/* Reserves as much as limits allow, 1 TiB at most. False: not even the least could be had. */
MUST_USE bool arena_start(void);

static inline bool arena_holds(uintptr_t address)
{
    return address - arena.base < arena.bytes;
}

/* `address` lies in the arena. */
static inline struct granule *granule_at(uintptr_t address)
{
    return &arena.granules[(address - arena.base) >> GRANULE_SHIFT];
}

/* Where the granule of any address begins: granules lie at multiples of their size. */
static inline uintptr_t granule_floor(uintptr_t address)
{
    return address & ~(GRANULE_BYTES - 1);
}

static inline uint32_t granule_index(const struct granule *granule)
{
    return (uint32_t)(granule - arena.granules);
}

static inline uintptr_t granule_start(const struct granule *granule)
{
    return arena.base + ((uintptr_t)(granule - arena.granules) << GRANULE_SHIFT);
}

static inline enum granule_kind granule_kind(const struct granule *granule)
{
    return (enum granule_kind)atomic_load_explicit(&granule->kind, memory_order_acquire);
}

static inline void granule_set_kind(struct granule *granule, enum granule_kind kind)
{
    atomic_store_explicit(&granule->kind, (uint8_t)kind, memory_order_release);
}

/* How far behind the begin of the run's first slot an offset in the granule is; wraps in front. */
static inline uintptr_t slots_offset(const struct granule *granule, uintptr_t offset)
{
    return offset + (uintptr_t)(intptr_t)granule->slots.lead;
}

/* The slot that lies so many bytes behind the begin of the first. Division by multiplication:
 * exact, since offset * bytes < 2^36 (such runs are at most 1 MiB, slots at most 36 KiB). In the
 * unused end of a run, and in front of the first slot, where the offset wraps, it answers count or
 * more. */
static inline uint32_t slots_index(const struct granule *granule, uintptr_t offset)
{
    return (uint32_t)(offset * granule->slots.reciprocal >> SLOTS_RECIPROCAL_SHIFT);
}

static inline uint32_t slots_reciprocal(uint32_t bytes)
{
    return (uint32_t)((((uint64_t)1 << SLOTS_RECIPROCAL_SHIFT) + bytes - 1) / bytes);
}

/* The head of the granule's run. */
static inline struct granule *slots_head(struct granule *granule)
{
    return granule - granule->inside;
}

/* The address of the first slot. */
static inline uintptr_t slots_first(const struct granule *granule)
{
    return granule_start(granule) - (uintptr_t)(intptr_t)granule->slots.lead;
}

/* Of any slot, and where the one behind the last would be. */
static inline uintptr_t slots_start(const struct granule *granule, uint32_t slot)
{
    return slots_first(granule) + (size_t)slot * granule->slots.bytes;
}

/* The slot of an address in the granule's run; 0 in front of the first. */
static inline uint32_t slots_index_at(const struct granule *granule, uintptr_t address)
{
    uintptr_t first = slots_first(granule);
    return slots_index(granule, address < first ? 0 : address - first);
}

static inline void *slots_record(const struct granule *granule, uint32_t slot)
{
    return granule->slots.records + (size_t)slot * HEAP_RECORD_BYTES;
}

/* slots_record() for who owns nothing in the run and does not pin it; false if there is no such
 * slot. The run may go back this moment, and what was read of it be a large run's fields: then the
 * count is 0, which is read last. */
static ALWAYS_INLINE bool slots_find_record(const struct granule *granule, uint32_t slot,
                                            void **out)
{
    *out = slots_record(granule, slot);
    atomic_thread_fence(memory_order_acquire);
    return LIKELY(slot < granule->slots.count);
}

/* NULL: none is kept. */
static inline uint64_t *slots_history(const struct granule *granule, uint32_t slot)
{
    uint64_t *history = granule->slots.history;
    return history ? history + (size_t)slot * HEAP_HISTORY_WORDS : NULL;
}

/* Of a new run that is complete but for its kind: the granules inside it learn what the head says,
 * and each gets its kind, the head last. */
void granule_set_slots(struct granule *head, enum granule_kind kind, enum granule_kind body);

/* True if the run with this head, whose kind was read before, reaches to a granule. */
static inline bool granule_reaches(const struct granule *head, uint32_t index)
{
    return index - granule_index(head) < head->granules;
}

/* The hint for a granule, which may be out of date. */
static inline struct granule *granule_head_hint(uint32_t index)
{
    return &arena.granules[atomic_load_explicit(&arena.heads[index], memory_order_relaxed)];
}

static inline void granule_hint_head(uint32_t index, const struct granule *head)
{
    atomic_store_explicit(&arena.heads[index], granule_index(head), memory_order_relaxed);
}

/* The head of the slab, guarded or large run that `address` lies in; NULL if none does. */
struct granule *run_head(uintptr_t address);

#endif

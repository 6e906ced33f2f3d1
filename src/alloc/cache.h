/* A thread's stock of free slots, one magazine per size class, and its share of the quarantine.
 * The idea of magazines: Bonwick and Adams, "Magazines and vmem" (USENIX 2001).
 *
 * A cache belongs to one thread and takes no lock on the usual way; one cache, with a lock, serves
 * threads that have none (ending, or short of memory). Full and empty magazines deal with the slabs
 * in batches. Functions may tell findings: call them with no lock held. */
#ifndef ALLOC_CACHE_H
#define ALLOC_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "block/quarantine.h"
#include "heap/size_class.h"
#include "os/lock.h"

enum { MAGAZINE_MOST = 32, MAGAZINE_BYTES = 16 * 1024 };

struct magazine {
    uint32_t count;
    uint32_t capacity; /* 0 until first used */
    uintptr_t slots[MAGAZINE_MOST];
};

/* Released slots that no place in the quarantine was found for yet, so that this is done for many
 * at a time. */
enum { CACHE_FRESH = 16 };

struct cache {
    struct lock *lock; /* NULL: the owner is alone */
    uint64_t random;   /* state of a generator */
    bool at_random;    /* chance says which slots leave the quarantine, and which are used next */
    uint32_t fresh_count;
    uint64_t fresh[CACHE_FRESH]; /* as in the quarantine */
    struct quarantine quarantine;
    struct magazine magazines[SIZE_CLASSES];
};

/* The uncommon ways of cache_take() and cache_retire(). */
MUST_USE uintptr_t cache_take_slowly(struct cache *cache, unsigned size_class);
void cache_retire_slowly(struct cache *cache, uintptr_t slot, unsigned size_class);

/* What was given by cache_put_fresh() goes through the quarantine, at random. */
void cache_take_in(struct cache *cache);

/* From now on; before the first slot. */
void cache_choose_at_random(struct cache *cache, uint64_t seed);

/* Nothing fresh is left in `from`: moves the quarantine of `from` to `to`, and its magazines to the
 * slabs. */
void cache_empty(struct cache *from, struct cache *to);

/* Gives all magazines back to the slabs, and the slabs' spare memory to the system. */
void cache_trim(struct cache *cache);

uint64_t cache_unquarantined(void); /* releases not held back for want of memory */

/* A free slot, its record FREED or NEVER; 0: no memory. */
static ALWAYS_INLINE MUST_USE uintptr_t cache_take(struct cache *cache, unsigned size_class)
{
    struct magazine *magazine = &cache->magazines[size_class];
    if (LIKELY(magazine->count > 0 && !cache->lock)) {
        return magazine->slots[--magazine->count];
    }
    return cache_take_slowly(cache, size_class);
}

/* A quarantine entry: the slot's address, its class in the upper byte. */
enum { CACHE_CLASS_SHIFT = 56 };

static inline uintptr_t cache_entry_slot(uint64_t entry)
{
    return entry & (((uintptr_t)1 << CACHE_CLASS_SHIFT) - 1);
}

static inline unsigned cache_entry_class(uint64_t entry)
{
    return (unsigned)(entry >> CACHE_CLASS_SHIFT);
}

static inline uint64_t cache_entry(uintptr_t slot, unsigned size_class)
{
    return (uint64_t)size_class << CACHE_CLASS_SHIFT | slot;
}

/* Takes a released slot, its record FREED, of a cache without a lock, until cache_take_in(). False:
 * there is no room before that. */
static ALWAYS_INLINE MUST_USE bool cache_put_fresh(struct cache *cache, uintptr_t slot,
                                                   unsigned size_class)
{
    uint32_t count = cache->fresh_count;
    if (UNLIKELY(count == CACHE_FRESH)) {
        return false;
    }
    cache->fresh[count] = cache_entry(slot, size_class);
    cache->fresh_count = count + 1;
    return true;
}

/* Takes a released slot, its record FREED, through the quarantine: one in, and one or none out. */
static ALWAYS_INLINE void cache_retire(struct cache *cache, uintptr_t slot, unsigned size_class)
{
    struct quarantine *held = &cache->quarantine;
    if (held->limit_bytes == 0 && !cache->lock) { /* nothing is ever held back */
        struct magazine *magazine = &cache->magazines[size_class];
        if (LIKELY(magazine->count < magazine->capacity)) {
            magazine->slots[magazine->count++] = slot;
            return;
        }
    }
    if (UNLIKELY(cache->lock || held->count == held->capacity || held->limit_bytes == 0)) {
        cache_retire_slowly(cache, slot, size_class);
        return;
    }
    size_t bytes = held->bytes + size_class_slot_bytes(size_class);
    if (bytes > held->limit_bytes && held->count > 0) {
        uint64_t oldest = quarantine_oldest(held);
        unsigned oldest_class = cache_entry_class(oldest);
        struct magazine *magazine = &cache->magazines[oldest_class];
        bytes -= size_class_slot_bytes(oldest_class);
        if (UNLIKELY(magazine->count >= magazine->capacity || bytes > held->limit_bytes)) {
            cache_retire_slowly(cache, slot, size_class);
            return;
        }
        uintptr_t next = cache_entry_slot(oldest);
        magazine->slots[magazine->count++] = next;
        __builtin_prefetch((const void *)next, 1); /* it is old, and soon looked at and used */
        __builtin_prefetch((const void *)(next + 64), 1);
        held->head = (held->head + 1) & (held->capacity - 1);
        held->count--;
    }
    held->ring[(held->head + held->count++) & (held->capacity - 1)] = cache_entry(slot, size_class);
    held->bytes = bytes;
}

#endif

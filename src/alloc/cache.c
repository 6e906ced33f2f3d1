#include "alloc/cache.h"

#include <stdatomic.h>
#include <string.h>

#include "alloc/damage.h"
#include "alloc/heap.h"
#include "alloc/ref.h"
#include "block/canary.h"
#include "heap/slab.h"

/* In one release. A large block may push out hundreds of small ones: each was paid for when it
 * came, so a release costs the same on average. */
enum { EVICT_MOST = 1024 };

static atomic_ulong unquarantined;

uint64_t cache_unquarantined(void)
{
    return atomic_load_explicit(&unquarantined, memory_order_relaxed);
}

static void lock_if_shared(struct cache *cache)
{
    if (UNLIKELY(cache->lock != NULL)) {
        lock_acquire(cache->lock);
    }
}

static void unlock_if_shared(struct cache *cache)
{
    if (UNLIKELY(cache->lock != NULL)) {
        lock_release(cache->lock);
    }
}

/* Slabs that became free while a lock was held, chained for when it is not. */
static void chain(struct granule **emptied, struct granule *slab)
{
    if (slab) {
        slab->next = *emptied ? granule_index(*emptied) + 1 : 0;
        *emptied = slab;
    }
}

/* The last look at freed blocks whose memory goes back to the system. */
static void release_emptied(struct granule *slab)
{
    while (slab) {
        struct granule *next = slab->next ? &arena.granules[slab->next - 1] : NULL;
        for (uint32_t i = 0; i < slab->slots.count; i++) {
            struct ref ref;
            ref_of_slot(slab, i, &ref);
            damage_last_look(&ref);
        }
        slab_release(slab);
        slab = next;
    }
}

static void flush(struct magazine *magazine, unsigned size_class, uint32_t keep,
                  struct granule **emptied)
{
    uint32_t count = magazine->count - keep;
    for (uint32_t given = 0; given < count;) {
        size_t done;
        chain(emptied, slab_put(size_class, magazine->slots + given, count - given, &done));
        given += (uint32_t)done;
    }
    memmove(magazine->slots, magazine->slots + count, keep * sizeof magazine->slots[0]);
    magazine->count = keep;
}

static bool was_prepared(const struct granule *slab, int64_t index)
{
    return index >= 0 && index < slab->slots.count &&
           record_state(slots_record(slab, (uint32_t)index)) != RECORD_NEVER;
}

/* Slots fresh from the system get the canary word at their end, and the one before them if the slot
 * there is fresh still: then the gaps on both sides of every slot that is handed out are canary. */
static void prepare(struct granule *slab, uint32_t index)
{
    if (was_prepared(slab, index)) {
        return;
    }
    uintptr_t slot = slots_start(slab, index), end = slot + slab->slots.bytes;
    if (!was_prepared(slab, (int64_t)index + 1)) {
        canary_write(end - GAP_BYTES, end);
    }
    if (index == 0) {
        canary_write(slot - SLAB_FRONT, slot);
    } else if (!was_prepared(slab, (int64_t)index - 1)) {
        canary_write(slot - GAP_BYTES, slot);
    }
}

static void set_capacity(struct magazine *magazine, unsigned size_class)
{
    uint32_t fit = MAGAZINE_BYTES / size_class_slot_bytes(size_class);
    magazine->capacity = fit > MAGAZINE_MOST ? MAGAZINE_MOST : fit < 2 ? 2 : fit;
}

static NOINLINE bool refill(struct magazine *magazine, unsigned size_class)
{
    if (magazine->capacity == 0) {
        set_capacity(magazine, size_class);
    }
    uint32_t most = magazine->capacity / 2;
    uintptr_t batch[MAGAZINE_MOST];
    uint32_t count = (uint32_t)slab_take(size_class, batch, most, prepare);
    for (uint32_t i = 0; i < count; i++) {
        magazine->slots[count - 1 - i] = batch[i]; /* lowest address on top */
    }
    magazine->count = count;
    return count > 0;
}

uintptr_t cache_take_slowly(struct cache *cache, unsigned size_class)
{
    struct magazine *magazine = &cache->magazines[size_class];
    uintptr_t slot = 0;
    lock_if_shared(cache);
    if (LIKELY(magazine->count > 0) || refill(magazine, size_class)) {
        slot = magazine->slots[--magazine->count];
    }
    unlock_if_shared(cache);
    return slot;
}

void cache_choose_at_random(struct cache *cache, uint64_t seed)
{
    cache->random = seed;
    cache->at_random = true;
}

/* Two numbers of 32 bits, quickly: the generator is Knuth's MMIX. In order means the least in the
 * upper half, the most in the lower. */
static inline uint64_t next_random(uint64_t *state, bool at_random)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return at_random ? *state : UINT32_MAX;
}

/* Below `most`. */
static inline uint32_t choose(uint32_t random, uint32_t most)
{
    return (uint32_t)((uint64_t)random * most >> 32);
}

static NOINLINE void make_room(struct magazine *magazine, unsigned size_class,
                               struct granule **emptied)
{
    if (magazine->capacity == 0) {
        set_capacity(magazine, size_class);
    } else {
        flush(magazine, size_class, magazine->capacity / 2, emptied);
    }
}

/* On top, or in the place of any one that then is on top. */
static inline void put(struct cache *cache, uintptr_t slot, unsigned size_class, uint32_t random,
                       struct granule **emptied)
{
    struct magazine *magazine = &cache->magazines[size_class];
    if (UNLIKELY(magazine->count >= magazine->capacity)) {
        make_room(magazine, size_class, emptied);
    }
    uint32_t top = magazine->count++, place = choose(random, top + 1);
    magazine->slots[top] = magazine->slots[place];
    magazine->slots[place] = slot;
}

/* The oldest entry, or any one of the older half, whose place the oldest takes. */
static inline uint64_t pop(struct quarantine *held, uint32_t random)
{
    uint32_t mask = held->capacity - 1, ahead = choose(random, held->count / 2);
    uint64_t *chosen = &held->ring[(held->head + ahead) & mask], entry = *chosen;
    *chosen = quarantine_oldest(held);
    quarantine_pop(held, size_class_slot_bytes(cache_entry_class(entry)));
    return entry;
}

/* Puts entries into the quarantine, which has room for them, and what then is too much out of it.
 * What changes is kept in registers: this is the dearest part of a release. */
static ALWAYS_INLINE void hold(struct cache *cache, const uint64_t *entries, uint32_t count,
                               bool at_random, struct granule **emptied)
{
    struct quarantine held = cache->quarantine;
    uint64_t state = cache->random;
    uint32_t most = EVICT_MOST;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t entry = entries[i];
        quarantine_add(&held, entry, size_class_slot_bytes(cache_entry_class(entry)));
        for (; held.bytes > held.limit_bytes && most > 0; most--) {
            uint64_t random = next_random(&state, at_random), out = pop(&held, random >> 32);
            uintptr_t slot = cache_entry_slot(out);
            __builtin_prefetch((const void *)slot, 1); /* it is old, and soon looked at and used */
            __builtin_prefetch((const void *)(slot + 64), 1);
            put(cache, slot, cache_entry_class(out), (uint32_t)random, emptied);
        }
    }
    cache->quarantine = held;
    cache->random = state;
}

static ALWAYS_INLINE void retire(struct cache *cache, const uint64_t *entries, uint32_t count,
                                 bool at_random, struct granule **emptied)
{
    bool holds = cache->quarantine.limit_bytes > 0;
    if (LIKELY(holds && quarantine_reserve(&cache->quarantine, count))) {
        hold(cache, entries, count, at_random, emptied);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        put(cache, cache_entry_slot(entries[i]), cache_entry_class(entries[i]),
            (uint32_t)next_random(&cache->random, at_random), emptied);
    }
    if (holds) {
        atomic_fetch_add_explicit(&unquarantined, count, memory_order_relaxed);
    }
}

void cache_retire_slowly(struct cache *cache, uintptr_t slot, unsigned size_class)
{
    struct granule *emptied = NULL;
    uint64_t entry = cache_entry(slot, size_class);
    lock_if_shared(cache);
    retire(cache, &entry, 1, cache->at_random, &emptied);
    unlock_if_shared(cache);
    if (UNLIKELY(emptied != NULL)) {
        release_emptied(emptied);
    }
}

void cache_take_in(struct cache *cache)
{
    struct granule *emptied = NULL;
    retire(cache, cache->fresh, cache->fresh_count, true, &emptied);
    cache->fresh_count = 0;
    if (UNLIKELY(emptied != NULL)) {
        release_emptied(emptied);
    }
}

void cache_empty(struct cache *from, struct cache *to)
{
    struct granule *emptied = NULL;
    struct quarantine *quarantine = &from->quarantine;
    while (quarantine->count > 0) {
        uint64_t entry = quarantine_oldest(quarantine);
        unsigned size_class = cache_entry_class(entry);
        quarantine_pop(quarantine, size_class_slot_bytes(size_class));
        cache_retire(to, cache_entry_slot(entry), size_class);
    }
    for (unsigned i = 0; i < SIZE_CLASSES; i++) {
        if (from->magazines[i].count > 0) {
            flush(&from->magazines[i], i, 0, &emptied);
        }
    }
    release_emptied(emptied);
}

void cache_trim(struct cache *cache)
{
    struct granule *emptied = NULL;
    lock_if_shared(cache);
    for (unsigned i = 0; i < SIZE_CLASSES; i++) {
        flush(&cache->magazines[i], i, 0, &emptied);
        chain(&emptied, slab_take_spare(i));
    }
    unlock_if_shared(cache);
    release_emptied(emptied);
}

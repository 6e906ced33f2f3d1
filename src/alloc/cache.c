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
        for (uint32_t i = 0; i < slab->slab.slots; i++) {
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
    return index >= 0 && index < slab->slab.slots &&
           record_state(slab_record(slab, (uint32_t)index)) != RECORD_NEVER;
}

/* Slots fresh from the system get the canary word at their end, and the one before them if the slot
 * there is fresh still: then the gaps on both sides of every slot that is handed out are canary. */
static void prepare(struct granule *slab, uint32_t index)
{
    if (was_prepared(slab, index)) {
        return;
    }
    uintptr_t slot = slab_slot_start(slab, index), end = slot + slab->slab.slot_bytes;
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

static inline void put(struct cache *cache, uintptr_t slot, unsigned size_class,
                       struct granule **emptied)
{
    struct magazine *magazine = &cache->magazines[size_class];
    if (UNLIKELY(magazine->count >= magazine->capacity)) {
        if (magazine->capacity == 0) {
            set_capacity(magazine, size_class);
        } else {
            flush(magazine, size_class, magazine->capacity / 2, emptied);
        }
    }
    magazine->slots[magazine->count++] = slot;
}

static inline void evict(struct cache *cache, struct granule **emptied)
{
    struct quarantine *quarantine = &cache->quarantine;
    for (int i = 0; i < EVICT_MOST && quarantine_is_over(quarantine); i++) {
        uint64_t entry = quarantine_oldest(quarantine);
        unsigned size_class = cache_entry_class(entry);
        quarantine_pop(quarantine, size_class_slot_bytes(size_class));
        put(cache, cache_entry_slot(entry), size_class, emptied);
    }
}

void cache_retire_slowly(struct cache *cache, uintptr_t slot, unsigned size_class)
{
    struct granule *emptied = NULL;
    struct quarantine *quarantine = &cache->quarantine;
    lock_if_shared(cache);
    bool held = false;
    if (quarantine->limit_bytes > 0) {
        held = quarantine_push(quarantine, (uint64_t)size_class << CACHE_CLASS_SHIFT | slot,
                               size_class_slot_bytes(size_class));
        if (UNLIKELY(!held)) {
            atomic_fetch_add_explicit(&unquarantined, 1, memory_order_relaxed);
        }
        evict(cache, &emptied);
    }
    if (!held) {
        put(cache, slot, size_class, &emptied);
    }
    unlock_if_shared(cache);
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

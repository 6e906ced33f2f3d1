#include "alloc/hardened.h"

#include <string.h>

#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/generation.h"
#include "alloc/thread.h"
#include "block/canary.h"
#include "block/fill.h"
#include "heap/slab.h"

static uint8_t class_of[SLAB_SINGLE_MOST / 16 + 1]; /* by what a slot is to hold, in 16 bytes */

void hardened_start(void)
{
    for (size_t i = 0; i < sizeof class_of; i++) {
        class_of[i] = (uint8_t)size_class_of(i * 16);
    }
}

static NOINLINE void *settle_with(struct thread *thread, uintptr_t block)
{
    thread_settle(thread);
    return (void *)block;
}

/* Slots of a slab of one granule. */
static ALWAYS_INLINE struct record *record_of(const struct granule *slab, uintptr_t slot)
{
    return slots_record(slab, slots_index(slab, slot - granule_floor(slot) - SLAB_FRONT));
}

/* Makes a block of a slot that is zero but for the canary in its last word. */
static ALWAYS_INLINE void *make_block(struct thread *thread, struct record *record, uintptr_t slot,
                                      uintptr_t gap, size_t size, enum api via)
{
    record_take(record);
    canary_write_over_zeros(slot + size, gap);
    record->free_stack = heap_birth();
    record->size_bytes = (uint16_t)size;
    record->alloc_thread = thread->number;
    record->alignment_log2 = NATURAL_ALIGNMENT_LOG2;
    record_publish(record, RECORD_LIVE, via);
    if (UNLIKELY(thread_count_own_allocation(thread, size))) {
        return settle_with(thread, slot);
    }
    return (void *)slot;
}

/* The slot was written to since its release. */
static NOINLINE void *make_of_damaged(struct thread *thread, uintptr_t slot, size_t size,
                                      enum api via)
{
    struct granule *slab = granule_at(slot);
    struct record *record = record_of(slab, slot);
    uintptr_t gap = slot + slab->slots.bytes - GAP_BYTES;
    struct ref last;
    ref_of_slot(slab, slots_index_at(slab, slot), &last);
    damage_last_look(&last);
    record_take(record);
    memset((void *)slot, 0, gap - slot);
    canary_write(gap, gap + GAP_BYTES);
    return make_block(thread, record, slot, gap, size, via);
}

/* The next to be taken, or any other address. */
static ALWAYS_INLINE void prefetch_slot(uintptr_t next)
{
    __builtin_prefetch((const void *)next, 1);
    __builtin_prefetch((const void *)(next + 64), 1);
}

void *hardened_allocate(size_t size, enum api via)
{
    struct thread *thread = thread_current;
    if (UNLIKELY(!thread)) {
        return NULL;
    }
    unsigned size_class = class_of[(size + heap_config.redzone_bytes + 15) / 16];
    struct magazine *magazine = &thread->cache.magazines[size_class];
    uint32_t count = magazine->count, until_guarded = thread->until_guarded;
    if (UNLIKELY(count == 0 || until_guarded == 0 || thread->cache.lock)) {
        return NULL;
    }
    uintptr_t slot = magazine->slots[count - 1];
    prefetch_slot(magazine->slots[(count - 2) % MAGAZINE_MOST]);
    magazine->count = count - 1;
    thread->until_guarded = until_guarded - 1;
    struct granule *slab = granule_at(slot);
    uintptr_t gap = slot + slab->slots.bytes - GAP_BYTES;
    if (UNLIKELY(!damage_is_absent_hardened(slot, gap + GAP_BYTES))) {
        return make_of_damaged(thread, slot, size, via);
    }
    return make_block(thread, record_of(slab, slot), slot, gap, size, via);
}

static NOINLINE bool put_after_settling(struct thread *thread, uintptr_t slot, unsigned size_class)
{
    thread_settle(thread);
    return cache_put_fresh(&thread->cache, slot, size_class);
}

static ALWAYS_INLINE bool canaries_are_whole(uintptr_t start, uintptr_t block_end, uintptr_t end)
{
    bool tail = canary_tail_is_whole(block_end, end);
    bool front = canary_load(start - GAP_BYTES) == canary_word(start - GAP_BYTES);
    return (int)front & (int)tail; /* one branch for both */
}

/* Nothing speaks against the release of a block that begins there. */
static ALWAYS_INLINE bool is_in_order(const struct record *record, uint8_t word, uintptr_t start,
                                      uintptr_t end, enum api_family family, bool has_size,
                                      size_t size)
{
    size_t asked = record->size_bytes;
    return (word & RECORD_STATE_MASK) == RECORD_LIVE &&
           record->alignment_log2 <= NATURAL_ALIGNMENT_LOG2 &&
           api_family((enum api)record_word_via(word)) == family && (!has_size || size == asked) &&
           canaries_are_whole(start, start + asked, end);
}

bool hardened_release(void *pointer, enum api_family family, bool has_size, size_t size)
{
    uintptr_t slot = (uintptr_t)pointer;
    struct thread *thread = thread_current;
    if (UNLIKELY(!arena_holds(slot) || !thread || thread->cache.lock)) {
        return false;
    }
    __builtin_prefetch(pointer, 1);
    struct granule *slab = granule_at(slot);
    size_t slot_bytes = slab->slots.bytes;
    __builtin_prefetch((const void *)(slot + slot_bytes - GAP_BYTES), 1);
    if (UNLIKELY(granule_kind(slab) != GRANULE_SLAB || slot_bytes > SLAB_SINGLE_MOST)) {
        return false;
    }
    uint32_t index = slots_index(slab, slot - granule_floor(slot) - SLAB_FRONT);
    void *found;
    if (UNLIKELY(!slots_find_record(slab, index, &found) ||
                 slot != granule_floor(slot) + SLAB_FRONT + index * slot_bytes)) {
        return false;
    }
    struct record *record = found;
    uint8_t word = atomic_load_explicit(&record->word, memory_order_acquire);
    uintptr_t end = slot + slot_bytes;
    if (UNLIKELY(!is_in_order(record, word, slot, end, family, has_size, size)) ||
        UNLIKELY(!record_begin_release_of(record, word))) {
        return false;
    }
    thread_count_own_release(thread, record->size_bytes);
    record->free_thread = thread->number;
    fill_zeros(slot, end - GAP_BYTES);
    record_publish(record, RECORD_FREED, record_word_via(word));
    return LIKELY(cache_put_fresh(&thread->cache, slot, slab->size_class)) ||
           put_after_settling(thread, slot, slab->size_class);
}

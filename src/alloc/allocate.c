/* One allocation: a slot from the thread's magazine, or a run; its last contents looked at; stack,
 * record, fill, canaries. */
#include "alloc/allocate.h"

#include <string.h>

#include "alloc/damage.h"
#include "alloc/generation.h"
#include "alloc/heap.h"
#include "alloc/history.h"
#include "alloc/large.h"
#include "alloc/thread.h"
#include "base/align.h"
#include "block/canary.h"
#include "block/fill.h"

/* No address space has room for more; twice that and a redzone do not wrap around. */
#define SIZE_MOST ((size_t)PTRDIFF_MAX / 2)

enum {
    NATURAL_ALIGNMENT = 16,
    /* Of a fresh large block, so that its first page is all: the rest is left to be zero, and
     * unbacked. */
    LARGE_FILL_BYTES = 4096 - LARGE_FRONT,
};

struct demand {
    size_t size, alignment;
    bool zero;
    enum api via;
};

static ALWAYS_INLINE unsigned alignment_log2(size_t alignment)
{
    return log2_floor(alignment | NATURAL_ALIGNMENT);
}

static NOINLINE void look_at_last(struct granule *slab, uint32_t index)
{
    struct ref last;
    ref_of_slot(slab, index, &last);
    damage_last_look(&last);
}

/* No memory: what large blocks were held back goes first. */
static NOINLINE uintptr_t take_again(struct thread *thread, unsigned size_class)
{
    return large_release_held() ? cache_take(&thread->cache, size_class) : 0;
}

static ALWAYS_INLINE void *allocate_small(struct thread *thread, const struct demand *demand,
                                          size_t slot_bytes, const struct call_site *site)
{
    unsigned size_class = size_class_of(slot_bytes);
    uintptr_t slot = cache_take(&thread->cache, size_class);
    if (UNLIKELY(!slot) && !(slot = take_again(thread, size_class))) {
        return NULL;
    }
    struct granule *slab = granule_at(slot);
    uintptr_t run_start = granule_floor(slot);
    if (UNLIKELY(granule_kind(slab) != GRANULE_SLAB)) {
        slab = run_head(slot);
        run_start = granule_start(slab);
    }
    uint32_t index = slab_offset_index(slab, slot - run_start);
    struct record *record = slab_record(slab, index);
    if (heap_config.looks_at_freed && record_state(record) == RECORD_FREED) {
        look_at_last(slab, index);
    }
    record_take(record);
    unsigned aligned_log2 = alignment_log2(demand->alignment);
    uintptr_t start = slot_block_start(slot, aligned_log2);
    if (demand->zero) {
        memset((void *)start, 0, demand->size);
    } else if (heap_config.fill) {
        fill_write(start, demand->size, FILL_FRESH);
    }
    if (UNLIKELY(start != slot)) {
        canary_write(slot, start);
    }
    canary_write_tail(start + demand->size, slot + slab->slab.slot_bytes);
    record->alloc_stack = stack_capture(thread->stacks, site);
    record->free_stack = heap_birth();
    record->size_bytes = (uint16_t)demand->size;
    record->alloc_thread = thread->number;
    record->alignment_log2 = (uint8_t)aligned_log2;
    if (UNLIKELY(heap_config.keeps_history)) {
        history_add_slot(slab, index, HISTORY_ALLOCATION, record->alloc_stack);
    }
    record_publish(record, RECORD_LIVE, demand->via);
    return (void *)start;
}

static NOINLINE void *allocate_large(struct thread *thread, const struct demand *demand,
                                     const struct call_site *site)
{
    struct ref ref;
    const struct large_demand wanted = {demand->size, demand->alignment, demand->zero};
    if (!large_take(&wanted, &ref)) {
        return NULL;
    }
    if (!demand->zero && heap_config.fill) {
        size_t part = demand->size < LARGE_FILL_BYTES ? demand->size : LARGE_FILL_BYTES;
        fill_write(ref.start, part, FILL_FRESH);
    }
    ref.record->alloc_stack = stack_capture(thread->stacks, site);
    ref.record->free_stack = heap_birth();
    ref.record->alloc_thread = thread->number;
    ref.record->alignment_log2 = (uint8_t)alignment_log2(demand->alignment);
    if (heap_config.keeps_history) {
        history_add_large(ref.run, HISTORY_ALLOCATION, ref.record->alloc_stack);
    }
    record_publish(ref.record, RECORD_LIVE, demand->via);
    large_publish(&ref);
    return (void *)ref.start;
}

static ALWAYS_INLINE void *allocate(const struct demand *demand, const struct call_site *site)
{
    struct thread *thread = thread_get();
    size_t slack =
        demand->alignment > NATURAL_ALIGNMENT ? demand->alignment - NATURAL_ALIGNMENT : 0;
    if (UNLIKELY(demand->size > SIZE_MOST || slack > SIZE_MOST)) {
        return NULL;
    }
    size_t slot_bytes = demand->size + slack + heap_config.redzone_bytes;
    void *block = NULL;
    if (LIKELY(slot_bytes <= SLOT_MOST)) {
        block = allocate_small(thread, demand, slot_bytes, site);
    } else {
        const struct demand large = *demand; /* its address must not be that of the common way's */
        block = allocate_large(thread, &large, site);
    }
    if (LIKELY(block != NULL)) {
        thread_count_allocation(thread, demand->size);
    }
    return block;
}

void *block_allocate_plain(size_t size, enum api via, const struct call_site *site)
{
    const struct demand demand = {size, NATURAL_ALIGNMENT, false, via};
    return allocate(&demand, site);
}

void *block_allocate(size_t size, size_t alignment, bool zero, enum api via,
                     const struct call_site *site)
{
    const struct demand demand = {size, alignment, zero, via};
    return allocate(&demand, site);
}

/* One allocation: a slot from the thread's magazine, or a run; its last contents looked at; stack,
 * record, fill, canaries. */
#include "alloc/allocate.h"

#include <string.h>

#include "alloc/damage.h"
#include "alloc/generation.h"
#include "alloc/guard_choice.h"
#include "alloc/guarded.h"
#include "alloc/hardened.h"
#include "alloc/heap.h"
#include "alloc/history.h"
#include "alloc/large.h"
#include "alloc/thread.h"
#include "base/align.h"
#include "base/hash.h"
#include "block/canary.h"
#include "block/fill.h"

/* No address space has room for more; twice that and a redzone do not wrap around. */
#define SIZE_MOST ((size_t)PTRDIFF_MAX / 2)

struct demand {
    size_t size, alignment;
    bool zero;
    enum api via;
    const struct ref *to_move; /* its contents may come by page tables; NULL: none */
};

static ALWAYS_INLINE unsigned alignment_log2(size_t alignment)
{
    return log2_floor(alignment | NATURAL_ALIGNMENT);
}

static NOINLINE void look_at_last(struct granule *granule, uint32_t index)
{
    struct ref last;
    ref_of_slot(slots_head(granule), index, &last);
    damage_last_look(&last);
}

/* No memory: what large blocks were held back goes first. */
static NOINLINE uintptr_t take_again(struct thread *thread, unsigned size_class)
{
    return large_release_held() ? cache_take(&thread->cache, size_class) : 0;
}

/* `hardened` is heap_config.hardens, known where this is compiled, as in all that is inlined here:
 * the ways of both kinds of heap are one text and two pieces of code. */
static ALWAYS_INLINE void *allocate_small(struct thread *thread, const struct demand *demand,
                                          size_t slot_bytes, uint32_t stack, bool hardened)
{
    unsigned size_class = size_class_of(slot_bytes);
    uintptr_t slot = cache_take(&thread->cache, size_class);
    if (UNLIKELY(!slot) && !(slot = take_again(thread, size_class))) {
        return NULL;
    }
    struct granule *granule = granule_at(slot);
    uint32_t index = slots_index(granule, slots_offset(granule, slot - granule_floor(slot)));
    struct record *record = slots_record(granule, index);
    uintptr_t end = slot + granule->slots.bytes;
    bool clean = hardened && heap_config.fill && damage_is_absent_hardened(slot, end);
    if (!clean && heap_config.looks_at_freed && record_state(record) == RECORD_FREED) {
        look_at_last(granule, index);
    }
    record_take(record);
    unsigned aligned_log2 = alignment_log2(demand->alignment);
    uintptr_t start = slot_block_start(slot, aligned_log2);
    if (demand->zero && !clean) {
        memset((void *)start, 0, demand->size);
    } else if (!hardened && heap_config.fill) {
        fill_write(start, demand->size, FILL_FRESH);
    }
    if (UNLIKELY(start != slot)) {
        canary_write(slot, start);
    }
    if (LIKELY(clean)) {
        canary_write(start + demand->size, end - GAP_BYTES);
    } else {
        canary_write_tail(start + demand->size, end);
    }
    if (!hardened) {
        record->alloc_stack = stack;
        record->free_stack = heap_birth();
    }
    record->size_bytes = (uint16_t)demand->size;
    record->alloc_thread = thread->number;
    record->alignment_log2 = (uint8_t)aligned_log2;
    if (!hardened && UNLIKELY(heap_config.keeps_history)) {
        history_add_slot(granule, index, HISTORY_ALLOCATION, record->alloc_stack);
    }
    record_publish(record, RECORD_LIVE, demand->via);
    return (void *)start;
}

/* In its first page only: the rest is left to be zero, and unbacked. */
static void fill_large(const struct ref *ref)
{
    size_t part = OS_PAGE - ref->start % OS_PAGE;
    fill_write_from(ref->start, ref->size < part ? ref->size : part, FILL_FRESH);
}

static NOINLINE void *allocate_large(const struct thread *thread, const struct demand *demand,
                                     uint32_t stack)
{
    struct ref ref;
    const struct large_demand wanted = {
        .size = demand->size,
        .alignment = demand->alignment,
        .zero = demand->zero,
        .via = demand->via,
        .side = guarded_side(stack, GUARD_SIDE_AUTO),
        .has_phase = demand->to_move != NULL,
        .phase = demand->to_move ? demand->to_move->start % OS_PAGE : 0,
    };
    if (!large_take(&wanted, &ref)) {
        return NULL;
    }
    if (!demand->zero && heap_config.fill && !heap_config.hardens) {
        fill_large(&ref);
    }
    ref.record->alloc_stack = stack;
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

/* A guarded block, its time measured. One that has no room in a guarded slot is made a large one:
 * these have guards of their own. */
static void *allocate_at_guard(struct thread *thread, const struct demand *demand, uint32_t stack)
{
    uint64_t begun = guard_choice_begin();
    const struct guarded_demand guarded = {demand->size, demand->alignment, demand->zero,
                                           demand->via};
    bool fits = guarded_has_room(demand->size, demand->alignment);
    void *block =
        fits ? guarded_allocate(thread, &guarded, stack) : allocate_large(thread, demand, stack);
    guard_choice_end(begun);
    return block;
}

/* What a choice counts of a block: nothing of one that is made a large one. */
static size_t size_to_choose(const struct demand *demand)
{
    return guarded_has_room(demand->size, demand->alignment) ? demand->size : 0;
}

/* The stack's capture was due: perhaps this block is to be guarded. NULL: no. */
static NOINLINE void *allocate_due(struct thread *thread, const struct demand *demand,
                                   const struct call_site *site, uint64_t captured)
{
    uint32_t stack = (uint32_t)captured;
    struct guard_verdict verdict =
        guard_choice(stack, captured & STACK_DUE, size_to_choose(demand));
    stack_count_down(thread->stacks, site, verdict.ask_after);
    return verdict.guard ? allocate_at_guard(thread, demand, stack) : NULL;
}

/* Without stacks, one block in so many is guarded, whichever it is. */
static NOINLINE void *allocate_by_chance(struct thread *thread, const struct demand *demand)
{
    struct guard_verdict verdict = guard_choice(GUARD_CHOICE_ANY, true, size_to_choose(demand));
    /* half as many to half as many again: nobody shall know which one it will be */
    uint32_t chance = (uint32_t)(random_next(&thread->cache.random) >> 32);
    thread->until_guarded = verdict.ask_after / 2u + chance % verdict.ask_after;
    return verdict.guard ? allocate_at_guard(thread, demand, STACK_NONE) : NULL;
}

static NOINLINE void note_for_site(const void *block, size_t size, uint32_t stack)
{
    if (guard_site_block && block) {
        guard_site_block((uintptr_t)block, size, stack);
    }
}

static ALWAYS_INLINE void *allocate(const struct demand *demand, const struct call_site *site,
                                    bool hardened)
{
    struct thread *thread = thread_get();
    size_t slack =
        demand->alignment > NATURAL_ALIGNMENT ? demand->alignment - NATURAL_ALIGNMENT : 0;
    if (UNLIKELY(demand->size > SIZE_MOST || slack > SIZE_MOST)) {
        return NULL;
    }
    size_t slot_bytes = demand->size + slack + heap_config.redzone_bytes;
    void *block = NULL;
    uint64_t captured = hardened ? STACK_NONE : stack_capture_counted(thread->stacks, site);
    uint32_t stack = (uint32_t)captured;
    if (UNLIKELY(slot_bytes > SLOT_MOST)) {
        const struct demand large = *demand; /* its address must not be that of the common way's */
        block = allocate_large(thread, &large, stack);
        note_for_site(block, demand->size, stack);
    } else if (hardened && UNLIKELY(thread->until_guarded-- == 0)) {
        const struct demand due = *demand; /* nor here */
        block = allocate_by_chance(thread, &due);
    } else if (UNLIKELY(captured != stack)) {
        const struct demand due = *demand;
        block = allocate_due(thread, &due, site, captured);
        note_for_site(block, demand->size, stack);
    }
    if (LIKELY(slot_bytes <= SLOT_MOST && block == NULL)) {
        block = allocate_small(thread, demand, slot_bytes, stack, hardened);
    }
    if (LIKELY(block != NULL)) {
        thread_count_allocation(thread, demand->size);
    }
    return block;
}

static NOINLINE void *allocate_hardened(const struct demand *demand, const struct call_site *site)
{
    bool is_quick = demand->alignment <= NATURAL_ALIGNMENT && hardened_may_allocate(demand->size);
    void *block = is_quick ? hardened_allocate(demand->size, demand->via) : NULL;
    return block ? block : allocate(demand, site, true);
}

void *block_allocate_plain(size_t size, enum api via, const struct call_site *site)
{
    const struct demand demand = {size, ANY_ALIGNMENT, false, via, NULL};
    return UNLIKELY(heap_config.hardens) ? allocate_hardened(&demand, site)
                                         : allocate(&demand, site, false);
}

void *block_allocate(size_t size, size_t alignment, bool zero, enum api via,
                     const struct call_site *site)
{
    const struct demand demand = {size, alignment, zero, via, NULL};
    return UNLIKELY(heap_config.hardens) ? allocate_hardened(&demand, site)
                                         : allocate(&demand, site, false);
}

void *block_allocate_to_move(const struct ref *from, size_t size, enum api via,
                             const struct call_site *site)
{
    const struct demand demand = {size, ANY_ALIGNMENT, true, via, from};
    return UNLIKELY(heap_config.hardens) ? allocate_hardened(&demand, site)
                                         : allocate(&demand, site, false);
}

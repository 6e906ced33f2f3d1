#include "alloc/guarded.h"

#include <stdatomic.h>
#include <string.h>

#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/generation.h"
#include "alloc/guard_open.h"
#include "alloc/heap.h"
#include "alloc/history.h"
#include "alloc/known.h"
#include "base/align.h"
#include "block/canary.h"
#include "block/fill.h"

static atomic_ulong guarded, unguarded;
static atomic_uint turn;

struct guarded_counts guarded_counts(void)
{
    return (struct guarded_counts){
        .guarded = atomic_load_explicit(&guarded, memory_order_relaxed),
        .unguarded = atomic_load_explicit(&unguarded, memory_order_relaxed),
    };
}

void guarded_count(bool has_guards)
{
    atomic_fetch_add_explicit(has_guards ? &guarded : &unguarded, 1, memory_order_relaxed);
}

size_t guarded_alignment(size_t size, size_t asked)
{
    size_t least = asked;
    if (heap_config.guard_align > 0) {
        least = asked > heap_config.guard_align ? asked : heap_config.guard_align;
    } else if (size > 0) {
        size_t natural = (size_t)1 << log2_floor(size);
        natural = natural < NATURAL_ALIGNMENT ? natural : NATURAL_ALIGNMENT;
        least = asked > natural ? asked : natural;
    }
    return least;
}

enum guard_side guarded_side(uint32_t stack, enum guard_side otherwise)
{
    enum guard_side side = guard_site_side ? guard_site_side(stack) : GUARD_SIDE_AUTO;
    side = side == GUARD_SIDE_AUTO ? otherwise : side;
    return side == GUARD_SIDE_BOTH ? guard_choice_side(stack) : side;
}

bool guarded_stands_at_end(size_t size, enum guard_side side)
{
    switch (side) {
    case GUARD_SIDE_BEFORE:
        return size == 0;
    case GUARD_SIDE_AFTER:
        return true;
    default:
        return size == 0 || atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed) % 2 == 0;
    }
}

/* From the first byte of the data. */
static size_t start_offset(const struct granule *run, size_t size, size_t alignment, bool at_end)
{
    return at_end ? align_down(guarded_data_bytes(run) - size, alignment) : 0;
}

/* A slot whose record is the caller's. */
static bool take(size_t size, struct ref *out)
{
    unsigned pages = size == 0 ? 1 : (unsigned)((size + OS_PAGE - 1) / OS_PAGE);
    struct granule *run;
    uint32_t slot;
    if (!guarded_take(pages, &run, &slot)) {
        guarded_count(false);
        return false;
    }
    ref_of_guarded(run, slot, out);
    if (UNLIKELY(guarded_has(run, slot, GUARDED_UNCLOSED))) {
        damage_last_look(out);
    }
    record_take(out->record);
    if (UNLIKELY(!guard_make_writable(run, slot))) {
        guarded_count(false); /* its addresses are lost */
        return false;
    }
    return true;
}

static void note(struct ref *ref, size_t size, size_t alignment, uint32_t stack)
{
    bool at_end = guarded_stands_at_end(size, guarded_side(stack, heap_config.guard_side));
    struct guarded_slot *place = &ref->run->guarded.places[ref->slot];
    place->start_offset = (uint16_t)start_offset(ref->run, size, alignment, at_end);
    ref->record->size_bytes = (uint16_t)size;
    if (UNLIKELY(guarded_has(ref->run, ref->slot, GUARDED_KNOWN))) {
        known_forget(ref->front, ref->end);
    }
    guarded_clear(ref->run, ref->slot,
                  GUARDED_AT_END | GUARDED_TOLD | GUARDED_UNCLOSED | GUARDED_OPENED | GUARDED_HIT |
                      GUARDED_KNOWN);
    guarded_set(ref->run, ref->slot, at_end ? GUARDED_AT_END : 0);
    ref_of_guarded(ref->run, ref->slot, ref);
}

void *guarded_allocate(struct thread *thread, const struct guarded_demand *demand, uint32_t stack)
{
    struct ref ref;
    size_t size = demand->size;
    if (!take(size, &ref)) {
        return NULL;
    }
    note(&ref, size, guarded_alignment(size, demand->alignment), stack);
    canary_write_exact(ref.front, ref.start);
    canary_write_exact(ref.start + size, ref.end);
    if (demand->zero) {
        memset((void *)ref.start, 0, size);
    } else if (heap_config.fill && !heap_config.hardens) {
        fill_write_from(ref.start, size, FILL_FRESH);
    }
    ref.record->alloc_stack = stack;
    ref.record->free_stack = heap_birth();
    ref.record->alloc_thread = thread->number;
    ref.record->alignment_log2 = (uint8_t)log2_floor(demand->alignment | NATURAL_ALIGNMENT);
    if (heap_config.keeps_history) {
        history_add(&ref, HISTORY_ALLOCATION, stack);
    }
    record_publish(ref.record, RECORD_LIVE, demand->via);
    guarded_count(true);
    return (void *)ref.start;
}

/* The record says that the block is released before its pages close: whoever looks into live ones
 * meanwhile finds them. */
void guarded_retire(const struct ref *ref)
{
    uint64_t begun = guard_choice_begin();
    record_publish(ref->record, RECORD_FREED, record_via(ref->record));
    guard_end_reading(ref->run, ref->slot);
    if (!guarded_close(ref->run, ref->slot)) {
        fill_write(ref->front, ref->end - ref->front, heap_freed_pattern);
        guarded_clear(ref->run, ref->slot, GUARDED_TOLD);
        guarded_set(ref->run, ref->slot, GUARDED_UNCLOSED);
    }
    guarded_put(ref->run, ref->slot);
    guard_choice_end(begun);
}

bool guarded_resize(struct ref *ref, size_t size)
{
    bool at_end = guarded_has(ref->run, ref->slot, GUARDED_AT_END);
    size_t room = guarded_data_bytes(ref->run), alignment = guarded_alignment(size, ANY_ALIGNMENT);
    if (size > room || size + OS_PAGE <= room || size == 0 ||
        ref->front + start_offset(ref->run, size, alignment, at_end) != ref->start) {
        return false;
    }
    if (size > ref->size && heap_config.fill) {
        fill_write_from(ref->start + ref->size, size - ref->size, heap_fresh_pattern);
    }
    ref->record->size_bytes = (uint16_t)size;
    ref->size = size;
    canary_write_exact(ref->start + size, ref->end);
    known_forget(ref->start, ref->end);
    return true;
}

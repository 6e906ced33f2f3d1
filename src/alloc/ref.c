#include "alloc/ref.h"

#include "alloc/generation.h"
#include "alloc/heap.h"
#include "alloc/large.h"
#include "heap/guarded.h"

void ref_of_guarded(struct granule *run, uint32_t slot, struct ref *out)
{
    struct record *record = slots_record(run, slot);
    uintptr_t data = slots_start(run, slot);
    *out = (struct ref){
        .run = run,
        .record = record,
        .slot = slot,
        .front = data,
        .start = data + run->guarded.places[slot].start_offset,
        .end = data + guarded_data_bytes(run),
        .size = record->size_bytes,
    };
}

void ref_of_either(struct granule *run, bool guarded, uint32_t slot, struct ref *out)
{
    if (guarded) {
        ref_of_guarded(run, slot, out);
    } else {
        ref_of_slot(run, slot, out);
    }
}

bool ref_find_anywhere(uintptr_t address, struct ref *out)
{
    struct granule *run = run_head(address);
    if (!run) {
        return false;
    }
    enum granule_kind kind = granule_kind(run);
    if (kind == GRANULE_LARGE) {
        large_ref(run, out);
        return true;
    }
    uint32_t slot = slots_index_at(run, address);
    if ((kind != GRANULE_SLAB && kind != GRANULE_GUARDED) || slot >= run->slots.count) {
        return false; /* behind the last one, or the run went back to the system this moment */
    }
    ref_of_either(run, kind == GRANULE_GUARDED, slot, out);
    return true;
}

static enum block_state public_state(const struct record *record)
{
    switch (record_state(record)) {
    case RECORD_NEVER:
        return BLOCK_NEVER;
    case RECORD_LIVE:
        return BLOCK_LIVE;
    case RECORD_BUSY:
        return BLOCK_RELEASING;
    default:
        return BLOCK_FREED;
    }
}

void ref_info(const struct ref *ref, struct block_info *out)
{
    const struct record *record = ref->record;
    enum block_state state = public_state(record);
    bool released = state == BLOCK_FREED, live = state == BLOCK_LIVE;
    *out = (struct block_info){
        .address = ref->start,
        .size_bytes = ref->size,
        .alignment_bytes = (size_t)1 << (record->alignment_log2 > 4 ? record->alignment_log2 : 4),
        .state = state,
        .via = (enum api)record_via(record),
        .alloc_stack = record->alloc_stack,
        .free_stack = released ? record->free_stack : 0,
        .alloc_thread = record->alloc_thread,
        .free_thread = released ? record->free_thread : 0,
        .generation = live ? birth_generation(record->free_stack) : 0,
        .ignored = live && birth_is_ignored(record->free_stack),
        .inherited = state == BLOCK_RELEASING || (live && heap_is_inherited(record->free_stack)),
    };
}

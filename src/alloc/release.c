/* One release: the address proves to be a live block, by arithmetic; one atomic step makes it ours;
 * canaries are looked at, memory is filled, and the slot goes to the quarantine. */
#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/family.h"
#include "alloc/heap.h"
#include "alloc/large.h"
#include "alloc/retire.h"
#include "alloc/thread.h"
#include "alloc/wrong.h"
#include "block/fill.h"

static bool fits(const struct ref *ref, const struct release *how)
{
    enum api via = (enum api)record_via(ref->record);
    unsigned alignment_log2 = ref->record->alignment_log2;
    if (UNLIKELY(api_family(via) != api_family(how->function))) {
        return false;
    }
    if (UNLIKELY(how->has_size && how->size != ref->size)) {
        return false;
    }
    bool over_aligned = alignment_log2 > 4;
    if (how->has_alignment) {
        return over_aligned ? how->alignment == (size_t)1 << alignment_log2 : how->alignment <= 16;
    }
    return !over_aligned || api_family(via) == FAMILY_MALLOC;
}

static NOINLINE void look_closer(const struct ref *ref, const struct release *how, uint32_t stack,
                                 const struct thread *thread)
{
    struct damage_scene scene = {DETECTED_FREE, how->function, stack, thread->number};
    damage_check_live(ref, &scene);
}

void release_finish(struct thread *thread, const struct ref *ref, uint32_t stack)
{
    enum api via = (enum api)record_via(ref->record);
    ref->record->free_stack = stack;
    ref->record->free_thread = thread->number;
    thread_count_release(thread, ref->size);
    if (ref_is_large(ref)) {
        large_wipe(ref); /* before it counts as freed: what is not zero then was written late */
        record_publish(ref->record, RECORD_FREED, via);
        large_retire(ref);
        return;
    }
    if (heap_config.fill) {
        fill_write(ref->start, ref->size, FILL_FREED);
    }
    record_publish(ref->record, RECORD_FREED, via);
    cache_retire(&thread->cache, slab_slot_start(ref->run, ref->slot), ref->run->size_class);
}

void block_release(void *pointer, const struct release *how, const struct call_site *site)
{
    struct ref ref;
    if (!pointer) {
        return;
    }
    struct thread *thread = thread_get();
    if (UNLIKELY(!ref_find((uintptr_t)pointer, &ref) || ref.start != (uintptr_t)pointer ||
                 !record_begin_release(ref.record))) {
        wrong_release(thread, pointer, how, DETECTED_FREE, site);
        return;
    }
    uint32_t stack = heap_config.free_stacks ? stack_capture(thread->stacks, site) : 0;
    if (UNLIKELY(!damage_is_absent(&ref))) {
        look_closer(&ref, how, stack, thread);
    }
    if (UNLIKELY(!fits(&ref, how))) {
        wrong_partner(thread, &ref, how, site);
    }
    release_finish(thread, &ref, stack);
}

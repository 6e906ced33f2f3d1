/* One release: the address proves to be a live block, by arithmetic; one atomic step makes it ours;
 * canaries are looked at, memory is filled, and the slot goes to the quarantine. */
#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/family.h"
#include "alloc/guarded.h"
#include "alloc/hardened.h"
#include "alloc/heap.h"
#include "alloc/history.h"
#include "alloc/large.h"
#include "alloc/retire.h"
#include "alloc/thread.h"
#include "alloc/wrong.h"
#include "block/fill.h"

static ALWAYS_INLINE bool fits(const struct ref *ref, const struct release *how)
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

/* These two look the block up again: what the common way knows of it stays in registers. */
static NOINLINE void look_closer(const void *pointer, const struct release *how, uint32_t stack,
                                 const struct thread *thread, const struct call_site *site)
{
    struct ref ref;
    struct damage_scene scene = {.detected = DETECTED_FREE,
                                 .function = how->function,
                                 .stack = stack ? stack : stack_capture(thread->stacks, site),
                                 .thread = thread->number};
    if (ref_find((uintptr_t)pointer, &ref)) {
        damage_check_live(&ref, &scene);
    }
}

static NOINLINE void tell_misfit(const void *pointer, const struct release *how,
                                 struct thread *thread, const struct call_site *site)
{
    struct ref ref;
    if (ref_find((uintptr_t)pointer, &ref)) {
        wrong_partner(thread, &ref, how, site);
    }
}

/* `hardened` is heap_config.hardens, known where the usual way is compiled. */
static ALWAYS_INLINE void finish_small(struct thread *thread, const struct ref *ref, uint32_t stack,
                                       bool hardened)
{
    unsigned via = record_via(ref->record);
    if (!hardened) {
        ref->record->free_stack = stack;
    }
    ref->record->free_thread = thread->number;
    thread_count_release(thread, ref->size);
    if (hardened && heap_config.fill) {
        uintptr_t slot = ref->front + GAP_BYTES;
        fill_write(slot, damage_hardened_fill(slot, ref->end), 0);
    } else if (heap_config.fill) {
        fill_write(ref->start, ref->size, FILL_FREED);
    }
    if (!hardened && UNLIKELY(heap_config.keeps_history)) {
        history_add(ref, HISTORY_RELEASE, stack);
    }
    record_publish(ref->record, RECORD_FREED, via);
    if (hardened) {
        cache_retire_slowly(&thread->cache, ref->front + GAP_BYTES, ref->run->size_class);
    } else {
        cache_retire(&thread->cache, ref->front + GAP_BYTES, ref->run->size_class);
    }
}

void release_finish(struct thread *thread, const struct ref *ref, uint32_t stack)
{
    if (!ref_is_large(ref) && !ref_is_guarded(ref)) {
        finish_small(thread, ref, stack, heap_config.hardens);
        return;
    }
    ref->record->free_stack = stack;
    ref->record->free_thread = thread->number;
    thread_count_release(thread, ref->size);
    if (heap_config.keeps_history) {
        history_add(ref, HISTORY_RELEASE, stack);
    }
    if (ref_is_guarded(ref)) {
        guarded_retire(ref);
    } else {
        large_retire(ref);
    }
}

/* The block's release has begun. Returns the stack of it. */
static ALWAYS_INLINE uint32_t judge(struct thread *thread, const struct ref *ref, bool is_slot,
                                    const struct release *how, const struct call_site *site)
{
    uint32_t stack = heap_config.free_stacks ? stack_capture(thread->stacks, site) : 0;
    if (UNLIKELY(is_slot ? !damage_is_absent(ref) : !damage_is_absent_anywhere(ref))) {
        look_closer((void *)ref->start, how, stack, thread, site);
    }
    if (UNLIKELY(!fits(ref, how))) {
        tell_misfit((void *)ref->start, how, thread, site);
    }
    return stack;
}

bool release_begin(uintptr_t pointer, struct ref *ref)
{
    do {
        if (!ref_find(pointer, ref) || ref->start != pointer) {
            return false;
        }
        if (record_begin_release(ref->record)) {
            return true;
        }
    } while (wrong_was_held(ref->record));
    return false;
}

/* Of what is large, guarded, or held for a look, or no block at all. */
static NOINLINE void release_further(struct thread *thread, void *pointer,
                                     const struct release *how, const struct call_site *site)
{
    struct ref ref;
    if (!release_begin((uintptr_t)pointer, &ref)) {
        wrong_release(thread, pointer, how, DETECTED_FREE, site);
        return;
    }
    uint32_t stack = judge(thread, &ref, false, how, site);
    release_finish(thread, &ref, stack);
}

static NOINLINE void release_hardened(struct thread *thread, void *pointer,
                                      const struct release *how, const struct call_site *site)
{
    bool is_quick = hardened_may_release() && !how->has_alignment;
    if (!is_quick ||
        !hardened_release(pointer, api_family(how->function), how->has_size, how->size)) {
        release_further(thread, pointer, how, site);
    }
}

void block_release(void *pointer, const struct release *how, const struct call_site *site)
{
    if (!pointer) {
        return;
    }
    struct thread *thread = thread_get();
    struct ref ref;
    if (UNLIKELY(heap_config.hardens)) {
        release_hardened(thread, pointer, how, site);
        return;
    }
    if (UNLIKELY(!ref_find_near((uintptr_t)pointer, &ref)) ||
        UNLIKELY(ref.start != (uintptr_t)pointer) || UNLIKELY(!record_begin_release(ref.record))) {
        release_further(thread, pointer, how, site);
        return;
    }
    uint32_t stack = judge(thread, &ref, true, how, site);
    finish_small(thread, &ref, stack, false);
}

/* realloc: in place where slot or run has room, by page tables for large blocks, else a copy. */
#include <string.h>

#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/family.h"
#include "alloc/generation.h"
#include "alloc/guarded.h"
#include "alloc/heap.h"
#include "alloc/history.h"
#include "alloc/large.h"
#include "alloc/retire.h"
#include "alloc/thread.h"
#include "alloc/wrong.h"
#include "block/fill.h"

/* Each place that page tables were moved to stays a mapping of its own, two with what lies behind
 * it, and a process may have 65,530 (vm.max_map_count): with this, no sooner than at 32 GiB. */
enum { MOVE_LEAST = 1 << 20 };

/* Room that is so much larger than the need that staying would waste memory: half or more, and a
 * page. */
static bool wastes(size_t room, size_t need)
{
    return need < room / 2 && room - need > 4096;
}

static bool resize_slot(struct ref *ref, size_t size)
{
    size_t room = ref->end - ref->start;
    size_t need = size + heap_config.redzone_bytes;
    if (size > room || need > room || wastes(room, need)) {
        return false;
    }
    if (size > ref->size && heap_config.fill) {
        fill_write_from(ref->start + ref->size, size - ref->size, heap_fresh_pattern);
    }
    ref->record->size_bytes = (uint16_t)size;
    canary_write(ref->start + size, ref->end);
    return true;
}

static bool resize_here(struct ref *ref, size_t size)
{
    if (ref_is_guarded(ref)) {
        return guarded_resize(ref, size);
    }
    if (!ref_is_large(ref)) {
        return resize_slot(ref, size);
    }
    bool stays_large = size + heap_config.redzone_bytes > SLOT_MOST;
    return stays_large && large_resize(ref, size);
}

static void *move(const struct ref *ref, size_t size, enum api via, const struct call_site *site)
{
    /* realloc keeps what it was given: no stricter alignment, no zeroing */
    bool by_pages = ref_is_large(ref) && size >= ref->size && ref->size >= MOVE_LEAST;
    void *fresh = by_pages ? block_allocate_to_move(ref, size, via, site)
                           : block_allocate(size, ANY_ALIGNMENT, ref_is_large(ref), via, site);
    if (!fresh) {
        return NULL;
    }
    struct ref to;
    bool moved = by_pages && ref_find((uintptr_t)fresh, &to) && large_move(ref, &to);
    if (!moved) {
        memcpy(fresh, (const void *)ref->start, size < ref->size ? size : ref->size);
    }
    return fresh;
}

static NOINLINE void look_closer(const struct ref *ref, enum api via, const struct thread *thread,
                                 const struct call_site *site)
{
    struct damage_scene scene = {.detected = DETECTED_REALLOC,
                                 .function = via,
                                 .stack = stack_capture(thread->stacks, site),
                                 .thread = thread->number};
    damage_check_live(ref, &scene);
}

/* The block is ours alone while it is BUSY: a second realloc or free of it meanwhile is told. */
void *block_resize(void *pointer, size_t size, enum api via, const struct call_site *site)
{
    struct thread *thread = thread_get();
    struct release how = {.function = via};
    struct ref ref;
    if (UNLIKELY(!release_begin((uintptr_t)pointer, &ref))) {
        wrong_release(thread, pointer, &how, DETECTED_REALLOC, site);
        return NULL;
    }
    enum api made_by = (enum api)record_via(ref.record);
    if (UNLIKELY(!damage_is_absent_anywhere(&ref))) {
        look_closer(&ref, via, thread, site);
    }
    if (UNLIKELY(api_family(made_by) != FAMILY_MALLOC)) {
        wrong_partner(thread, &ref, &how, site);
    }
    size_t old_size = ref.size;
    if (resize_here(&ref, size)) {
        ref.record->alloc_stack =
            heap_config.hardens ? STACK_NONE : stack_capture(thread->stacks, site);
        ref.record->free_stack = heap_birth() | (ref.record->free_stack & HEAP_IGNORED);
        ref.record->alloc_thread = thread->number;
        if (heap_config.keeps_history) {
            history_add(&ref, HISTORY_ALLOCATION, ref.record->alloc_stack);
        }
        record_publish(ref.record, RECORD_LIVE, via);
        thread_count_resize(thread, old_size, size);
        return pointer;
    }
    bool ignored = birth_is_ignored(ref.record->free_stack);
    void *fresh = move(&ref, size, via, site);
    if (!fresh) {
        record_publish(ref.record, RECORD_LIVE, made_by);
        return NULL;
    }
    if (UNLIKELY(ignored)) {
        (void)block_ignore((uintptr_t)fresh);
    }
    release_finish(thread, &ref, heap_config.free_stacks ? stack_capture(thread->stacks, site) : 0);
    return fresh;
}

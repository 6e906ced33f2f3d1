/* Looks at blocks on demand and at exit, and answers questions about them. */
#include "alloc/allocate.h"
#include "alloc/damage.h"
#include "alloc/generation.h"
#include "alloc/look.h"
#include "alloc/lookup.h"
#include "alloc/thread.h"
#include "heap/buddy.h"
#include "heap/guarded.h"
#include "heap/pins.h"

uintptr_t heap_frontier(void)
{
    return arena.base + (look_end() << GRANULE_SHIFT);
}

static void each_ref(look_visit *visit, void *context)
{
    for (size_t at = 0; at < look_end();) {
        at += look_each_in_run(at, visit, context);
    }
}

static void describe_run(struct granule *run, enum granule_kind kind, struct heap_run *out)
{
    *out = (struct heap_run){.start = granule_start(run)};
    out->end = out->start + ((uintptr_t)run->granules << GRANULE_SHIFT);
    if (kind == GRANULE_LARGE) {
        out->first_slot = out->start + run->large.start_offset;
        out->slots = 1;
        out->large_bytes = run->large.size_bytes;
        out->records = (const struct record *)run->large.record;
        return;
    }
    out->first_slot = slots_first(run);
    out->slots = run->slots.count;
    out->slot_bytes = run->slots.bytes;
    out->reciprocal = run->slots.reciprocal;
    out->records = slots_record(run, 0);
    out->guarded = kind == GRANULE_GUARDED;
}

void heap_each_run(void (*visit)(void *context, const struct heap_run *run), void *context)
{
    size_t end = (heap_frontier() - arena.base) >> GRANULE_SHIFT;
    for (size_t at = 0; at < end;) {
        struct granule *run = &arena.granules[at];
        enum granule_kind kind = granule_kind(run);
        size_t step = kind == GRANULE_FREE ? (size_t)1 << run->order : 1;
        if (kind == GRANULE_SLAB || kind == GRANULE_GUARDED || kind == GRANULE_LARGE) {
            struct heap_run described;
            describe_run(run, kind, &described);
            visit(context, &described);
            step = run->granules;
        }
        at += step;
    }
}

struct inspection {
    struct damage_scene scene;
    size_t told;
};

static void inspect(void *context, const struct ref *ref)
{
    struct inspection *inspection = context;
    struct damage_found found;
    size_t count = look_at_block(ref, &inspection->scene, &found);
    for (size_t i = 0; i < count; i++) {
        finding_sink(&found.findings[i]);
    }
    inspection->told += count;
}

static struct inspection begin(enum finding_detected when, const struct call_site *site)
{
    struct thread *thread = thread_get();
    return (struct inspection){.scene = {
                                   .detected = when,
                                   .function = API_FREE,
                                   .stack = site ? stack_capture(thread->stacks, site) : 0,
                                   .thread = thread->number,
                               }};
}

size_t block_check_all(enum finding_detected when, const struct call_site *site)
{
    struct inspection inspection = begin(when, site);
    each_ref(inspect, &inspection);
    return inspection.told;
}

size_t block_check(const void *pointer, enum finding_detected when, const struct call_site *site)
{
    struct inspection inspection = begin(when, site);
    struct ref ref;
    if (!ref_find((uintptr_t)pointer, &ref)) {
        return 0;
    }
    int pin = pin_run(ref.run, granule_kind(ref.run));
    if (pin != PIN_NONE) {
        if (ref_find((uintptr_t)pointer, &ref)) {
            inspect(&inspection, &ref);
        }
        unpin_run(pin);
    }
    return inspection.told;
}

size_t block_check_written(uintptr_t start, const struct damage_culprit *culprit)
{
    struct inspection inspection = begin(DETECTED_GUARD, NULL);
    struct ref ref;
    inspection.scene.culprit = culprit;
    if (ref_find(start, &ref)) {
        inspect(&inspection, &ref);
    }
    return inspection.told;
}

size_t block_usable_size(const void *pointer)
{
    struct ref ref;
    bool live = ref_find((uintptr_t)pointer, &ref) && ref.start == (uintptr_t)pointer &&
                record_state(ref.record) == RECORD_LIVE;
    return live ? ref.size : 0;
}

bool block_ignore(uintptr_t address)
{
    struct ref ref;
    if (!ref_find(address, &ref) || !look_hold(&ref)) {
        return false;
    }
    bool inside = address - ref.start < ref.size + (ref.size == 0);
    if (inside) {
        ref.record->free_stack |= HEAP_IGNORED;
    }
    look_let_go(&ref);
    return inside;
}

bool block_find(uintptr_t address, struct block_info *out)
{
    struct ref ref;
    if (!ref_find(address, &ref) || record_state(ref.record) == RECORD_NEVER) {
        return false;
    }
    ref_info(&ref, out);
    return true;
}

void heap_range(uintptr_t *start, uintptr_t *end)
{
    *start = arena.base;
    *end = arena.base + arena.bytes;
}

struct walk {
    enum block_state state;
    void (*visit)(void *context, const struct block_info *block);
    void *context;
};

static void visit_matching(void *context, const struct ref *ref)
{
    const struct walk *walk = context;
    struct block_info block;
    ref_info(ref, &block);
    /* a block amid its release or its realloc is still somebody's */
    bool busy = walk->state == BLOCK_LIVE && block.state == BLOCK_RELEASING;
    if (block.state == walk->state || busy) {
        walk->visit(walk->context, &block);
    }
}

void block_each(enum block_state state,
                void (*visit)(void *context, const struct block_info *block), void *context)
{
    struct walk walk = {state, visit, context};
    each_ref(visit_matching, &walk);
}

uintptr_t heap_block_at(uintptr_t address)
{
    struct ref ref;
    return ref_find(address, &ref) ? ref.start : address;
}

bool heap_trim(void)
{
    size_t before = buddy_granules_in_use();
    thread_trim();
    bool closed = guarded_trim();
    return buddy_granules_in_use() < before || closed;
}

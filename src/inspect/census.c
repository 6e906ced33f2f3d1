#include "inspect/census.h"

#include "base/align.h"
#include "os/pages.h"

static size_t stretch_bytes(const struct census *census)
{
    return align_up((census->granules + 1) * sizeof *census->stretch, OS_PAGE);
}

static size_t records_bytes(const struct census *census)
{
    return align_up((census->granules + 1) * sizeof(void *), OS_PAGE);
}

/* Eight more, so that they can be looked at eight at a time. */
static size_t state_bytes(const struct census *census)
{
    return align_up((size_t)census->slots + 8, OS_PAGE);
}

struct count {
    uintptr_t start;
    uint64_t slots;
};

static void count_slots(void *context, const struct heap_run *run)
{
    struct count *count = context;
    count->slots += run->slots;
    count->start = count->start ? count->start : run->start;
}

static uint64_t extent_of(const struct heap_run *run)
{
    if (run->slot_bytes > 0) {
        return (uint64_t)run->slots * run->slot_bytes;
    }
    return run->large_bytes > 0 ? run->large_bytes : 1;
}

struct entering {
    struct census *census;
    uint8_t (*judge)(void *context, const struct record *record);
    void *context;
};

static uint8_t state_of(const struct entering *entering, const struct heap_run *run,
                        const struct record *record)
{
    enum record_state state = record_state(record);
    bool aligned = record->alignment_log2 > 4 && run->slot_bytes > 0;
    unsigned displaced = run->guarded || aligned ? CENSUS_DISPLACED : 0;
    if (state != RECORD_LIVE) { /* amid a release or a realloc it is still somebody's */
        return (uint8_t)(state == RECORD_BUSY ? CENSUS_UNSEEN | CENSUS_KEPT | displaced
                                              : CENSUS_NONE);
    }
    return (uint8_t)(CENSUS_UNSEEN | displaced | entering->judge(entering->context, record));
}

static void enter(void *context, const struct heap_run *run)
{
    const struct entering *entering = context;
    struct census *census = entering->census;
    size_t head = (run->start - census->start) >> GRANULE_SHIFT;
    size_t end = (run->end - census->start) >> GRANULE_SHIFT;
    uint32_t first = census->used;
    if (end > census->granules || run->slots > census->slots - first) {
        return; /* made meanwhile by a thread that could not be stopped */
    }
    struct stretch stretch = {
        .first_slot = run->first_slot,
        .extent = extent_of(run),
        .slot_bytes = run->slot_bytes,
        .reciprocal = run->reciprocal,
        .first = first,
        .head = (uint32_t)head,
    };
    for (size_t at = head; at < end; at++) {
        census->stretch[at] = stretch;
    }
    ((const struct record **)(uintptr_t)census->records)[head] = run->records;
    for (uint32_t i = 0; i < run->slots; i++) {
        uint8_t state = state_of(entering, run, &run->records[i]);
        census->state[first + i] = state;
        census->blocks += state != CENSUS_NONE;
    }
    census->used += run->slots;
}

bool census_take(struct census *census,
                 uint8_t (*judge)(void *context, const struct record *record), void *context)
{
    struct count count = {0};
    heap_each_run(count_slots, &count);
    if (count.slots >= CENSUS_NOBODY) {
        return false;
    }
    *census = (struct census){.start = count.start, .slots = (uint32_t)count.slots};
    census->bytes = count.start ? heap_frontier() - count.start : 0;
    census->granules = census->bytes >> GRANULE_SHIFT;
    census->stretch = os_pages_map(stretch_bytes(census));
    census->records = os_pages_map(records_bytes(census));
    census->state = os_pages_map(state_bytes(census));
    if (!census->stretch || !census->records || !census->state) {
        census_drop(census);
        return false;
    }
    os_pages_prefer_large(census->state, state_bytes(census));
    os_pages_prefer_large(census->stretch, stretch_bytes(census));
    heap_each_run(enter, &(struct entering){census, judge, context});
    return true;
}

static void unmap(const void *at, size_t bytes)
{
    if (at) {
        os_pages_unmap((void *)(uintptr_t)at, bytes);
    }
}

void census_drop(struct census *census)
{
    unmap(census->stretch, stretch_bytes(census));
    unmap((const void *)census->records, records_bytes(census));
    unmap(census->state, state_bytes(census));
    *census = (struct census){0};
}

void census_each_range(const struct census *census,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    uintptr_t stretch = (uintptr_t)census->stretch, records = (uintptr_t)census->records;
    uintptr_t state = (uintptr_t)census->state;
    visit(context, stretch, stretch + stretch_bytes(census));
    visit(context, records, records + records_bytes(census));
    visit(context, state, state + state_bytes(census));
}

void census_resident(const struct census *census, const struct stretch *stretch, uint32_t slot,
                     struct resident *out)
{
    uint32_t index = slot - stretch->first;
    const struct record *record = &census->records[stretch->head][index];
    uintptr_t address = stretch->first_slot + (uintptr_t)index * stretch->slot_bytes;
    bool is_large = stretch->slot_bytes == 0;
    if (UNLIKELY(census->state[slot] & CENSUS_DISPLACED)) {
        address = heap_block_at(address);
    }
    *out = (struct resident){
        .slot = slot,
        .address = address,
        .size_bytes = is_large ? stretch->extent : record->size_bytes,
        .record = record,
    };
}

bool census_find(const struct census *census, uintptr_t address, struct resident *out)
{
    uint32_t slot = census_slot(census, address);
    if (slot == CENSUS_NOBODY || census_level(census, slot) == CENSUS_NONE) {
        return false;
    }
    census_resident(census, census_stretch(census, address), slot, out);
    size_t reach = out->size_bytes > 0 ? out->size_bytes : 1;
    return address - out->address < reach;
}

static bool visit_run(const struct census *census, const struct stretch *stretch, uint8_t mask,
                      uint8_t value, bool rising,
                      bool (*visit)(void *context, const struct resident *block), void *context)
{
    uint32_t slots =
        stretch->slot_bytes > 0 ? (uint32_t)(stretch->extent / stretch->slot_bytes) : 1;
    for (uint32_t i = 0; i < slots; i++) {
        uint32_t slot = stretch->first + (rising ? i : slots - 1 - i);
        if ((census->state[slot] & mask) == value) {
            struct resident block;
            census_resident(census, stretch, slot, &block);
            if (!visit(context, &block)) {
                return false;
            }
        }
    }
    return true;
}

bool census_each(const struct census *census, uint8_t mask, uint8_t value, bool rising,
                 bool (*visit)(void *context, const struct resident *block), void *context)
{
    for (size_t i = 0; i < census->granules; i++) {
        size_t at = rising ? i : census->granules - 1 - i;
        const struct stretch *stretch = &census->stretch[at];
        if (stretch->extent > 0 && stretch->head == at &&
            !visit_run(census, stretch, mask, value, rising, visit, context)) {
            return false;
        }
    }
    return true;
}

#include "inspect/ranges.h"

#include "base/align.h"
#include "base/sort.h"
#include "os/pages.h"

static size_t table_bytes(const struct ranges *ranges)
{
    return align_up(ranges->capacity * sizeof *ranges->range, OS_PAGE);
}

bool ranges_start(struct ranges *ranges, size_t capacity)
{
    *ranges = (struct ranges){.capacity = capacity};
    ranges->range = os_pages_map(table_bytes(ranges));
    return ranges->range != NULL;
}

void ranges_end(struct ranges *ranges)
{
    if (ranges->range) {
        os_pages_unmap(ranges->range, table_bytes(ranges));
    }
}

void ranges_each_own(const struct ranges *ranges,
                     void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    visit(context, (uintptr_t)ranges->range, (uintptr_t)ranges->range + table_bytes(ranges));
}

void ranges_add(struct ranges *ranges, uintptr_t start, uintptr_t end)
{
    if (start >= end) {
        return;
    }
    if (ranges->count < ranges->capacity) {
        ranges->range[ranges->count++] = (struct range){start, end};
    } else {
        ranges->full = true;
    }
}

static bool starts_before(const void *a, const void *b)
{
    return ((const struct range *)a)->start < ((const struct range *)b)->start;
}

void ranges_settle(struct ranges *ranges)
{
    sort(ranges->range, ranges->count, sizeof *ranges->range, starts_before);
    size_t kept = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        struct range *last = kept > 0 ? &ranges->range[kept - 1] : NULL;
        struct range next = ranges->range[i];
        if (last && next.start <= last->end) {
            last->end = next.end > last->end ? next.end : last->end;
        } else {
            ranges->range[kept++] = next;
        }
    }
    ranges->count = kept;
}

/* The first range that ends after `at`, or `count`. */
static size_t first_after(const struct ranges *ranges, uintptr_t at)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->range[middle].end > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

bool ranges_touch(const struct ranges *ranges, uintptr_t start, uintptr_t end)
{
    size_t at = first_after(ranges, start);
    return at < ranges->count && ranges->range[at].start < end;
}

bool ranges_hold(const struct ranges *ranges, uintptr_t address)
{
    size_t at = first_after(ranges, address);
    return at < ranges->count && ranges->range[at].start <= address;
}

void ranges_each_outside(const struct ranges *ranges, uintptr_t start, uintptr_t end,
                         void (*visit)(void *context, uintptr_t start, uintptr_t end),
                         void *context)
{
    for (size_t i = first_after(ranges, start); start < end; i++) {
        bool covered = i < ranges->count && ranges->range[i].start < end;
        uintptr_t stop = covered ? ranges->range[i].start : end;
        if (start < stop) {
            visit(context, start, stop);
        }
        start = covered ? ranges->range[i].end : end;
    }
}

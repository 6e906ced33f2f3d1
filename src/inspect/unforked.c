#include "inspect/unforked.h"

#include <stdatomic.h>
#include <stddef.h>

#include "alloc/lookup.h"
#include "base/align.h"
#include "os/pages.h"
#include "os/peek.h"
#include "os/touched.h"

enum {
    RANGES_MOST = 128,
    BYTES_MOST = 64 * 1024 * 1024, /* looked through while the threads stand still */
};

static struct {
    atomic_uintptr_t start; /* 0: free */
    atomic_uintptr_t end;   /* 0: not there yet */
} ranges[RANGES_MOST];
static atomic_bool too_many; /* from then on, all may be kept back */

bool unforked_note(uintptr_t start, uintptr_t end)
{
    for (size_t i = 0; i < RANGES_MOST; i++) {
        if (atomic_load(&ranges[i].start) == start && atomic_load(&ranges[i].end) == end) {
            return false;
        }
    }
    for (size_t i = 0; i < RANGES_MOST; i++) {
        uintptr_t none = 0;
        if (atomic_compare_exchange_strong(&ranges[i].start, &none, start)) {
            atomic_store(&ranges[i].end, end);
            return true;
        }
    }
    atomic_store(&too_many, true);
    return true;
}

void unforked_forget(uintptr_t start, uintptr_t end)
{
    for (size_t i = 0; i < RANGES_MOST; i++) {
        uintptr_t there = atomic_load(&ranges[i].start), last = atomic_load(&ranges[i].end);
        if (there >= start && last != 0 && last <= end) {
            atomic_store(&ranges[i].end, 0);
            atomic_store(&ranges[i].start, 0);
        }
    }
}

struct look {
    struct os_touched touched;
    uintptr_t heap_start, heap_end;
    size_t bytes;
    bool found;
};

static void look_into(void *context, uintptr_t start, uintptr_t end)
{
    struct look *look = context;
    uintptr_t words[OS_PAGE / sizeof(uintptr_t)];
    look->bytes += end - start;
    look->found |= look->bytes > BYTES_MOST;
    for (uintptr_t at = start; at < end && !look->found; at += OS_PAGE) {
        size_t count = os_peek(at, words, sizeof words) / sizeof words[0];
        for (size_t i = 0; i < count && !look->found; i++) {
            look->found = words[i] - look->heap_start < look->heap_end - look->heap_start;
        }
    }
}

static bool is_any(void)
{
    for (size_t i = 0; i < RANGES_MOST; i++) {
        if (atomic_load(&ranges[i].start) != 0) {
            return true;
        }
    }
    return atomic_load(&too_many);
}

bool unforked_matters(void)
{
    if (!is_any()) {
        return false;
    }
    struct look look = {.found = atomic_load(&too_many)};
    heap_range(&look.heap_start, &look.heap_end);
    os_touched_open(&look.touched);
    for (size_t i = 0; i < RANGES_MOST && !look.found; i++) {
        uintptr_t start = atomic_load(&ranges[i].start), end = atomic_load(&ranges[i].end);
        look.found |= start < look.heap_end && end > look.heap_start;
        if (start < end && !look.found) {
            os_touched_each(&look.touched, start, end, false, look_into, &look);
        }
    }
    os_touched_close(&look.touched);
    return look.found;
}

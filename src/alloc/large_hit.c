#include "alloc/large_hit.h"

#include "alloc/large_guards.h"
#include "alloc/ref.h"
#include "base/align.h"
#include "os/guards.h"
#include "os/pages.h"

static void set_pages(struct guard_hit *out, uintptr_t start, uintptr_t end)
{
    out->pages = start;
    out->pages_bytes = end - start;
}

/* What is closed there; false if nothing is. */
static bool find_pages(struct granule *run, const struct ref *ref, struct guard_hit *out)
{
    uintptr_t front = align_down(ref->start, OS_PAGE);
    uintptr_t back = align_up(ref->start + ref->size, OS_PAGE);
    if (out->address < front) {
        set_pages(out, granule_start(run), front);
        return large_has(run, LARGE_GUARD_FRONT);
    }
    if (out->address >= back) {
        set_pages(out, back, run_end(run));
        return large_has(run, LARGE_GUARD_BACK);
    }
    set_pages(out, front, back);
    out->is_data = true;
    return large_has(run, LARGE_CLOSED);
}

bool large_hit(struct granule *run, struct guard_hit *out)
{
    struct ref ref;
    large_ref(run, &ref);
    enum record_state state = record_state(ref.record);
    if (state == RECORD_NEVER || !find_pages(run, &ref, out)) {
        return false;
    }
    bool released = state == RECORD_FREED || out->is_data;
    out->kind = released                   ? FINDING_USE_AFTER_FREE
                : out->address < ref.start ? FINDING_UNDERFLOW
                                           : FINDING_OVERFLOW;
    out->offset = (ptrdiff_t)(out->address - ref.start);
    out->is_opened = large_has(run, LARGE_REOPENED);
    ref_info(&ref, &out->block);
    return true;
}

bool large_reopen(struct granule *run, const struct guard_hit *hit)
{
    if (hit->is_data && !large_has(run, LARGE_CLOSED)) {
        return true; /* it became a block again: its pages are open */
    }
    void *pages = (void *)hit->pages;
    if (hit->is_data ? !os_guard_open(pages, hit->pages_bytes)
                     : !os_guard_shorten(pages, hit->pages_bytes)) {
        return false;
    }
    large_set(run, LARGE_REOPENED | (hit->is_read && !hit->is_data ? 0 : LARGE_TOLD));
    large_clear(run, hit->is_data ? LARGE_CLOSED : 0);
    return true;
}

#include "alloc/large_hit.h"

#include "alloc/guard_open.h"
#include "alloc/large_guards.h"
#include "alloc/ref.h"
#include "base/align.h"
#include "os/guards.h"
#include "os/pages.h"
#include "os/probe.h"
#include "os/signals.h"

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
    return large_has(run, LARGE_CLOSED) || large_has(run, LARGE_DATA_READ);
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

static unsigned flag_of(const struct granule *run, const struct guard_hit *hit)
{
    return hit->is_data                       ? LARGE_DATA_READ
           : hit->pages == granule_start(run) ? LARGE_FRONT_READ
                                              : LARGE_BACK_READ;
}

static bool open_locked(struct granule *run, const struct guard_hit *hit)
{
    void *pages = (void *)hit->pages;
    unsigned flag = flag_of(run, hit);
    if (large_has(run, flag)) {
        if (!hit->is_read && !os_guard_read_write(pages, hit->pages_bytes)) {
            return false;
        }
        large_clear(run, hit->is_read ? 0 : flag);
        return true;
    }
    bool is_open = os_word_is_readable(align_down(hit->address, sizeof(uint64_t)));
    if (hit->is_data ? !os_guard_open(pages, hit->pages_bytes)
                     : !os_guard_shorten(pages, hit->pages_bytes)) {
        return false;
    }
    large_set(run, flag);
    if (!hit->is_read || is_open || !os_guard_read_only(pages, hit->pages_bytes)) {
        large_clear(run, flag);
    }
    return true;
}

/* Who cannot have the lock opens in full. */
static bool open_as_it_is(const struct granule *run, const struct guard_hit *hit)
{
    void *pages = (void *)hit->pages;
    return (hit->is_data ? os_guard_open(pages, hit->pages_bytes)
                         : os_guard_shorten(pages, hit->pages_bytes)) &&
           (!large_has(run, flag_of(run, hit)) || os_guard_read_write(pages, hit->pages_bytes));
}

bool large_reopen(struct granule *run, const struct guard_hit *hit)
{
    if (hit->is_data && !large_has(run, LARGE_CLOSED) && !large_has(run, LARGE_DATA_READ)) {
        return true; /* it became a block again: its pages are open */
    }
    struct os_signal_mask before;
    bool entered = guard_open_enter(&before);
    bool done = entered ? open_locked(run, hit) : open_as_it_is(run, hit);
    guard_open_leave(entered, &before);
    if (done) {
        large_set(run,
                  LARGE_REOPENED |
                      ((hit->is_read && !hit->is_data) || hit->spares_canary ? 0 : LARGE_TOLD));
        large_clear(run, hit->is_data ? LARGE_CLOSED : 0);
    }
    return done;
}

static bool writable_locked(struct granule *run, unsigned flag, uintptr_t start, uintptr_t end)
{
    if (!large_has(run, flag)) {
        return true;
    }
    if (!os_guard_read_write((void *)start, end - start)) {
        return false;
    }
    large_clear(run, flag);
    return true;
}

bool large_make_writable(struct granule *run)
{
    if (LIKELY(!large_has(run, LARGE_FRONT_READ) && !large_has(run, LARGE_BACK_READ) &&
               !large_has(run, LARGE_DATA_READ))) {
        return true;
    }
    struct ref ref;
    large_ref(run, &ref);
    uintptr_t front = align_down(ref.start, OS_PAGE);
    uintptr_t back = align_up(ref.start + ref.size, OS_PAGE);
    struct os_signal_mask before;
    bool entered = guard_open_enter(&before);
    bool done = entered && writable_locked(run, LARGE_FRONT_READ, granule_start(run), front) &&
                writable_locked(run, LARGE_BACK_READ, back, run_end(run)) &&
                writable_locked(run, LARGE_DATA_READ, front, back);
    guard_open_leave(entered, &before);
    return done;
}

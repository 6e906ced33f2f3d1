#include "interpose/libc/detour.h"

#include <errno.h>

#include "alloc/guard_hit.h"
#include "base/align.h"
#include "interpose/libc/let_through.h"
#include "interpose/libc/start.h"
#include "os/pages.h"

bool call_is_judged(const struct call *call, const void *at)
{
    return calls_are_judged() && call_concerns(at) && !calls_are_skipped(call->id);
}

void call_wrote(const struct call *call, const void *at, size_t bytes)
{
    struct guard_hit hit;
    if (bytes > 0 && !guarded_hit((uintptr_t)at + bytes - 1, &hit)) {
        call_writes(call, at, bytes);
    }
}

void call_wrote_rest(const struct call *call, const void *at, size_t bytes)
{
    size_t room;
    if (bounds_room((uintptr_t)at, &room)) {
        call_wrote(call, at, bytes);
    } else {
        let_through_written(at, bytes);
    }
}

bool call_fits(const struct call *call, const void *at, size_t bytes)
{
    return call_is_fine(at, bytes) || !call_is_judged(call, at);
}

/* Without memory the program's own buffer is used, and what was written is judged afterwards. */
void detour_take(struct detour *detour, size_t most)
{
    if (call_fits(detour->call, detour->asked, most)) {
        return;
    }
    detour->judged = true;
    if (most > SIZE_MAX - OS_PAGE) {
        return;
    }
    char *instead = os_pages_map(align_up(most, OS_PAGE));
    if (instead) {
        detour->at = instead;
        detour->mapped_bytes = align_up(most, OS_PAGE);
    }
}

void detour_put(struct detour *detour, size_t bytes)
{
    int saved = errno;
    call_writes(detour->call, detour->asked, bytes);
    if (detour->mapped_bytes > 0) {
        libc_memcpy(detour->asked, detour->at, bytes);
    }
    errno = saved;
}

void detour_drop(struct detour *detour)
{
    if (UNLIKELY(detour->mapped_bytes > 0)) {
        os_pages_unmap(detour->at, detour->mapped_bytes);
    }
}

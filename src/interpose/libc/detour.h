/* Buffers that a call fills with who knows how much, up to a size that the program gives: a read,
 * a line of a file, a name. A size that is larger than the block is a wish, no error; what arrives
 * may be one. Where it is larger, the call gets another buffer, its result is judged, and then put
 * where the program wants it. */
#ifndef INTERPOSE_LIBC_DETOUR_H
#define INTERPOSE_LIBC_DETOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "interpose/libc/check.h"

struct detour {
    const struct call *call;
    char *asked;         /* the program's buffer */
    char *at;            /* where the call is to write */
    size_t mapped_bytes; /* of a buffer that stands in; 0: at is asked */
    bool judged;         /* what is written is not known to fit */
};

/* One on the stack that ends with its scope, also if the thread is cancelled in the call. */
#define DETOUR __attribute__((cleanup(detour_drop))) struct detour

void detour_take(struct detour *detour, size_t most);

/* The call will write at most `most` bytes at `to`. */
static ALWAYS_INLINE MUST_USE struct detour detour_begin(const struct call *call, void *to,
                                                         size_t most)
{
    struct detour detour = {.call = call, .asked = to, .at = to};
    if (UNLIKELY(!call_is_plain(to, most))) {
        detour_take(&detour, most);
    }
    return detour;
}

/* It wrote the first `bytes`. */
void detour_put(struct detour *detour, size_t bytes);

static ALWAYS_INLINE void detour_end(struct detour *detour, size_t bytes)
{
    if (UNLIKELY(detour->judged)) {
        detour_put(detour, bytes);
    }
}

void detour_drop(struct detour *detour);

/* True if the destination of a call is to be judged: in the heap, and not switched off. */
bool call_is_judged(const struct call *call, const void *at);

/* True if writing `bytes` bytes is in order, or not to be judged. */
bool call_fits(const struct call *call, const void *at, size_t bytes);

/* `bytes` bytes were written just now: for calls whose length nobody knows before. Told unless a
 * guard stopped them on the way, which told it then. */
void call_wrote(const struct call *call, const void *at, size_t bytes);

/* The same, where the first byte was judged before the call. */
void call_wrote_rest(const struct call *call, const void *at, size_t bytes);

/* True once there is a heap to judge by, and unless intercept=off. */
static ALWAYS_INLINE bool calls_are_judged(void)
{
    if (LIKELY(call_range.bytes - 1 < CALL_RANGE_ALL - 1)) {
        return true;
    }
    if (UNLIKELY(call_range.bytes == CALL_RANGE_ALL)) {
        real_serve_early();
    }
    return false;
}

#endif

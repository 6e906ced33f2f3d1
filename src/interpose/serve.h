/* What all allocating functions have in common: requests judged, errno set, the door passed. The
 * interposed functions only take their call site and name themselves. */
#ifndef INTERPOSE_SERVE_H
#define INTERPOSE_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/hardened.h"
#include "base/compiler.h"
#include "interpose/early.h"
#include "interpose/entry.h"

/* serve() for a thread's first call or behind its door, and what block_allocate() refuses. */
MUST_USE void *serve_slowly(size_t size, size_t alignment, bool zero, enum api via,
                            const struct call_site *site);

/* NULL with ENOMEM if refused. A size no object can have is told as invalid-size. */
static ALWAYS_INLINE MUST_USE void *serve(size_t size, size_t alignment, bool zero, enum api via,
                                          const struct call_site *site)
{
    void *block = NULL;
    if (LIKELY(thread_current != NULL)) {
        block = block_allocate(size, alignment, zero, via, site);
    }
    return LIKELY(block != NULL) ? block : serve_slowly(size, alignment, zero, via, site);
}

/* serve() with no wish but the size, as far as that goes without a call site; NULL: it does not. */
static ALWAYS_INLINE MUST_USE void *serve_quickly(size_t size, enum api via)
{
    return UNLIKELY(hardened_may_allocate(size)) ? hardened_allocate(size, via) : NULL;
}

/* serve() with no wish but the size. */
static ALWAYS_INLINE MUST_USE void *serve_plain(size_t size, enum api via,
                                                const struct call_site *site)
{
    void *block = NULL;
    if (LIKELY(thread_current != NULL)) {
        block = block_allocate_plain(size, via, site);
    }
    return LIKELY(block != NULL) ? block : serve_slowly(size, ANY_ALIGNMENT, false, via, site);
}

/* For count * size requests; told where that overflows. */
MUST_USE void *serve_array(size_t count, size_t size, bool zero, enum api via,
                           const struct call_site *site);

/* As realloc: NULL is malloc, size 0 is free (glibc's way). */
MUST_USE void *serve_resize(void *pointer, size_t size, enum api via, const struct call_site *site);

/* An alignment that must be a power of two is told where it is not, and EINVAL set. */
MUST_USE bool serve_alignment(size_t alignment, size_t size, enum api via,
                              const struct call_site *site);

/* serve_release() for a thread's first call, or behind its door. */
void serve_release_slowly(void *pointer, const struct release *how, const struct call_site *site);

/* False: that takes a call site. */
static ALWAYS_INLINE MUST_USE bool serve_release_quickly(void *pointer, enum api function,
                                                         bool has_size, size_t size)
{
    return UNLIKELY(hardened_may_release()) &&
           hardened_release(pointer, api_family(function), has_size, size);
}

static ALWAYS_INLINE void serve_release(void *pointer, const struct release *how,
                                        const struct call_site *site)
{
    if (UNLIKELY(early_owns(pointer))) {
        return;
    }
    if (LIKELY(thread_current != NULL)) {
        block_release(pointer, how, site);
    } else {
        serve_release_slowly(pointer, how, site);
    }
}

#endif

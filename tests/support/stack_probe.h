/* Captures a stack by Coalmine and by libunwind at the same place, and wants the same frames. */
#ifndef SUPPORT_STACK_PROBE_H
#define SUPPORT_STACK_PROBE_H

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "base/compiler.h"
#include "stack/callsite.h"
#include "stack/stack.h"
#include "stack/start.h"

enum { PROBE_FRAMES = STACK_MOST_FRAMES + 8 };

static inline void probe_bounds(uintptr_t *low, uintptr_t *high)
{
    pthread_attr_t attributes;
    void *start;
    size_t bytes;
    ck_assert_int_eq(pthread_getattr_np(pthread_self(), &attributes), 0);
    ck_assert_int_eq(pthread_attr_getstack(&attributes, &start, &bytes), 0);
    pthread_attr_destroy(&attributes);
    *low = (uintptr_t)start;
    *high = (uintptr_t)start + bytes;
}

/* A cache for the calling thread. */
static inline struct stack_cache *probe_cache(void)
{
    uintptr_t low, high;
    probe_bounds(&low, &high);
    struct stack_cache *cache = stack_cache_create(low, high);
    ck_assert_ptr_nonnull(cache);
    return cache;
}

static inline struct stack_cache *probe_start(void)
{
    ck_assert(stack_start(STACK_MOST_FRAMES));
    return probe_cache();
}

/* True if `id` has the frames from `reference` on, all of them. Prints both if not. */
static inline bool probe_is_same(uint32_t id, void *const *reference, int count)
{
    struct stack_view view = stack_view(id);
    bool same = view.count == (uint32_t)count;
    for (uint32_t i = 0; same && i < view.count; i++) {
        same = (view.frames[i] & STACK_PC_MASK) == (uintptr_t)reference[i];
    }
    for (uint32_t i = 0; !same && i < 40 && (i < view.count || (int)i < count); i++) {
        fprintf(stderr, "%2u  %16lx  %16lx\n", i, i < view.count ? view.frames[i] : 0,
                (int)i < count ? (uintptr_t)reference[i] : 0);
    }
    return same;
}

/* Captures at the caller's and compares with libunwind, whose own first frame is here. Returns the
 * id; asserts nothing, so that it may be used in signal handlers: `*failures` is counted up. */
static NOINLINE UNUSED uint32_t probe_compare(struct stack_cache *cache, int *failures)
{
    void *reference[PROBE_FRAMES];
    struct call_site site = CALL_SITE();
    uint32_t id = stack_capture(cache, &site);
    int count = unw_backtrace(reference, PROBE_FRAMES);
    if ((uintptr_t)reference[count - 1] >> 47 != 0) {
        count--; /* not even an address; libunwind shows it, we do not */
    }
    if (!probe_is_same(id, reference + 1, count - 1)) {
        ++*failures;
    }
    if (stack_capture(cache, &site) != id || stack_capture(cache, &site) != id) {
        fprintf(stderr, "a repeat differs\n");
        ++*failures;
    }
    return id;
}

/* The caller's stack. */
static NOINLINE UNUSED uint32_t probe_capture(struct stack_cache *cache)
{
    struct call_site site = CALL_SITE();
    return stack_capture(cache, &site);
}

#endif

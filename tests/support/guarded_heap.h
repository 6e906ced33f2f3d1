/* A heap all of whose blocks stand at guards, for the tests of what is seen there. */
#ifndef TESTS_SUPPORT_GUARDED_HEAP_H
#define TESTS_SUPPORT_GUARDED_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/probe.h"
#include "support/live_heap.h"

static inline struct heap_config guarding(enum guard_side side)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = GUARDS_MADVISE;
    config.guard = GUARD_ALL;
    config.guard_side = side;
    return config;
}

static inline void start(enum guard_side side)
{
    live_heap_start_with(guarding(side));
}

static inline bool is_closed(const void *at)
{
    return !os_word_is_readable((uintptr_t)at & ~(uintptr_t)7);
}

static inline uintptr_t page_end(const void *block, size_t size)
{
    return ((uintptr_t)block + size + OS_PAGE - 1) & ~(OS_PAGE - 1);
}

/* On both sides of what a slot of pages can hold exactly. */
static const size_t sizes[] = {1,     2,     3,     4,     5,     7,     8,    9,
                               12,    15,    16,    17,    24,    31,    32,   100,
                               1000,  4095,  4096,  4097,  8191,  8192,  8193, 12289,
                               16383, 16384, 16385, 20000, 28673, 32767, 32768};
enum { SIZES = sizeof sizes / sizeof *sizes };

#endif

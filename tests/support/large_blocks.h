/* Large blocks and the pages around them, for tests of their guards. */
#ifndef SUPPORT_LARGE_BLOCKS_H
#define SUPPORT_LARGE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/align.h"
#include "os/guards.h"
#include "os/pages.h"
#include "os/probe.h"
#include "support/live_heap.h"

static const enum guards_way ways[] = {GUARDS_MPROTECT, GUARDS_MADVISE};
enum { WAYS = sizeof ways / sizeof *ways };

static inline void start(enum guards_way way, enum guard_mode mode, enum guard_side side)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = way;
    config.guard = mode;
    config.guard_side = side;
    live_heap_start_with(config);
}

static inline void start_usual(enum guards_way way)
{
    start(way, GUARD_SAMPLE, GUARD_SIDE_AUTO);
}

static inline bool is_open(const unsigned char *at)
{
    return os_word_is_readable((uintptr_t)at & ~(uintptr_t)7);
}

/* Where the pages of a block end, or begin. */
static inline unsigned char *page_after(unsigned char *end)
{
    return (unsigned char *)align_up((uintptr_t)end, OS_PAGE);
}

static inline unsigned char *page_of(unsigned char *start)
{
    return (unsigned char *)align_down((uintptr_t)start, OS_PAGE);
}

#endif

/* Three sources, the best that is there: the PAGEMAP_SCAN call skips what was never used,
 * terabytes at a time; /proc/self/pagemap has a word for every page; without it (a process that
 * is not dumpable, some containers) mincore tells what is resident, which is enough while
 * nothing is in swap. */
#include "os/touched.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/align.h"
#include "os/io.h"
#include "os/pages.h"
#include "os/status.h"

/* Entries of /proc/self/pagemap, one word per page: see the kernel's admin-guide/mm/pagemap. */
#define PAGE_PRESENT ((uint64_t)1 << 63)
#define PAGE_SWAPPED ((uint64_t)1 << 62)
#define PAGE_OF_FILE ((uint64_t)1 << 61)

enum { BATCH_PAGES = 512, BATCH_REGIONS = 64 };

/* PAGEMAP_SCAN as the kernel's linux/fs.h declares it; libc's headers may be older. */
struct scan {
    uint64_t size_bytes;
    uint64_t flags;
    uint64_t start, end;
    uint64_t walked_to; /* answer: where it stopped for want of room, else `end` */
    uint64_t regions, region_count;
    uint64_t most_pages; /* 0: no limit */
    uint64_t inverted, all_of, any_of, report;
};

struct region {
    uint64_t start, end, categories;
};

#define SCAN_CALL _IOWR('f', 16, struct scan)
enum { IS_OF_FILE = 1 << 2, IS_PRESENT = 1 << 3, IS_SWAPPED = 1 << 4, IS_ZERO_PAGE = 1 << 5 };

/* The next regions of used pages from `start` on: how many, or -1. `*walked_to` is where to go
 * on. */
static long scan_some(int pagemap, uintptr_t start, uintptr_t end, bool written,
                      struct region regions[BATCH_REGIONS], uintptr_t *walked_to)
{
    uint64_t unwanted = IS_ZERO_PAGE | (written ? IS_OF_FILE : 0);
    struct scan scan = {
        .size_bytes = sizeof scan,
        .start = start,
        .end = end,
        .regions = (uintptr_t)regions,
        .region_count = BATCH_REGIONS,
        .inverted = unwanted,
        .all_of = unwanted,
        .any_of = IS_PRESENT | IS_SWAPPED,
    };
    int saved = errno;
    long got = syscall(SYS_ioctl, pagemap, SCAN_CALL, &scan);
    errno = saved;
    *walked_to = scan.walked_to;
    return got;
}

void os_touched_open(struct os_touched *touched)
{
    uint64_t swapped_kib;
    touched->never_swapped =
        os_status_number("/proc/self/status", "VmSwap:", 10, &swapped_kib) && swapped_kib == 0;
    touched->pagemap = os_open_read("/proc/thread-self/pagemap"); /* as in os/maps.c */
    if (touched->pagemap < 0) {
        touched->pagemap = os_open_read("/proc/self/pagemap");
    }
    struct region regions[BATCH_REGIONS];
    uintptr_t walked_to, here = align_down((uintptr_t)regions, OS_PAGE);
    touched->can_scan = touched->pagemap >= 0 && scan_some(touched->pagemap, here, here + OS_PAGE,
                                                           true, regions, &walked_to) == 1;
}

void os_touched_close(struct os_touched *touched)
{
    if (touched->pagemap >= 0) {
        os_close(touched->pagemap);
    }
    touched->pagemap = -1;
}

/* Fills `used` for pages from `at` on; false if the page map does not tell. */
static bool ask_pagemap(int pagemap, uintptr_t at, size_t pages, bool written, unsigned char *used)
{
    uint64_t entries[BATCH_PAGES];
    ssize_t wanted = (ssize_t)(pages * sizeof entries[0]);
    if (pagemap < 0 ||
        os_pread(pagemap, entries, (size_t)wanted, at / OS_PAGE * sizeof entries[0]) != wanted) {
        return false;
    }
    for (size_t i = 0; i < pages; i++) {
        used[i] = (entries[i] & (PAGE_PRESENT | PAGE_SWAPPED)) &&
                  !(written && (entries[i] & PAGE_OF_FILE));
    }
    return true;
}

static void ask(const struct os_touched *touched, uintptr_t at, size_t pages, bool written,
                unsigned char *used)
{
    if (ask_pagemap(touched->pagemap, at, pages, written, used) ||
        (touched->never_swapped && os_pages_resident((const void *)at, pages * OS_PAGE, used))) {
        return;
    }
    for (size_t i = 0; i < pages; i++) {
        used[i] = 1;
    }
}

static void each_by_page(const struct os_touched *touched, uintptr_t start, uintptr_t end,
                         bool written, void (*visit)(void *context, uintptr_t start, uintptr_t end),
                         void *context)
{
    unsigned char used[BATCH_PAGES];
    uintptr_t run = 0; /* start of the run of used pages that is open; 0: none */
    for (uintptr_t at = align_down(start, OS_PAGE); at < end;) {
        size_t pages = (align_up(end, OS_PAGE) - at) / OS_PAGE;
        pages = pages < BATCH_PAGES ? pages : BATCH_PAGES;
        ask(touched, at, pages, written, used);
        for (size_t i = 0; i < pages; i++, at += OS_PAGE) {
            bool is_used = used[i] & 1;
            if (is_used && !run) {
                run = at > start ? at : start;
            } else if (!is_used && run) {
                visit(context, run, at);
                run = 0;
            }
        }
    }
    if (run) {
        visit(context, run, end);
    }
}

/* Goes as far as the kernel does: to `end`, or to where it refuses (memory that has gone
 * meanwhile). */
static uintptr_t each_by_scan(const struct os_touched *touched, uintptr_t start, uintptr_t end,
                              bool written,
                              void (*visit)(void *context, uintptr_t start, uintptr_t end),
                              void *context)
{
    struct region regions[BATCH_REGIONS];
    uintptr_t at = align_down(start, OS_PAGE), last = align_up(end, OS_PAGE);
    while (at < last) {
        uintptr_t walked_to;
        long got = scan_some(touched->pagemap, at, last, written, regions, &walked_to);
        if (got < 0 || walked_to <= at) {
            break;
        }
        for (long i = 0; i < got; i++) {
            visit(context, regions[i].start > start ? regions[i].start : start,
                  regions[i].end < end ? regions[i].end : end);
        }
        at = walked_to;
    }
    return at > start ? at : start;
}

void os_touched_each(const struct os_touched *touched, uintptr_t start, uintptr_t end, bool written,
                     void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    if (touched->can_scan) {
        start = each_by_scan(touched, start, end, written, visit, context);
    }
    if (start < end) {
        each_by_page(touched, start, end, written, visit, context);
    }
}

/* Two sources: /proc/self/pagemap tells everything; without it (a process that is not dumpable, some
 * containers) mincore tells what is resident, which is enough while nothing is in swap. */
#include "os/touched.h"

#include <stddef.h>

#include "base/align.h"
#include "os/io.h"
#include "os/pages.h"
#include "os/status.h"

/* Entries of /proc/self/pagemap, one word per page: see the kernel's admin-guide/mm/pagemap. */
#define PAGE_PRESENT ((uint64_t)1 << 63)
#define PAGE_SWAPPED ((uint64_t)1 << 62)
#define PAGE_OF_FILE ((uint64_t)1 << 61)

enum { BATCH_PAGES = 512 };

void os_touched_open(struct os_touched *touched)
{
    uint64_t swapped_kib;
    touched->never_swapped =
        os_status_number("/proc/self/status", "VmSwap:", 10, &swapped_kib) && swapped_kib == 0;
    touched->pagemap = os_open_read("/proc/self/pagemap");
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

void os_touched_each(const struct os_touched *touched, uintptr_t start, uintptr_t end, bool written,
                     void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
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

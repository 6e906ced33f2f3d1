/* Which pages of a mapping the process has ever used: the others hold nothing, and reading them
 * would make the kernel provide them. For passes over all of a process's memory, which may be
 * terabytes of address space. No lock, no allocation, keeps errno. */
#ifndef OS_TOUCHED_H
#define OS_TOUCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_touched {
    int pagemap;        /* /proc/self/pagemap, or negative */
    bool can_scan;      /* the kernel finds used pages by itself (Linux 6.7): holes cost nothing */
    bool never_swapped; /* the process has no page in swap: what is not resident was not used */
};

void os_touched_open(struct os_touched *touched);
void os_touched_close(struct os_touched *touched);

/* Calls `visit` for runs of pages in start..end that may hold something, swapped ones too. With
 * `written`, only those that differ from the file they are mapped from; what was not to be found
 * out counts as written. Pages may have gone, or be no memory at all, by the time they are read:
 * os_peek(). */
void os_touched_each(const struct os_touched *touched, uintptr_t start, uintptr_t end, bool written,
                     void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

#endif

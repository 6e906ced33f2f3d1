/* Memory from the kernel, in whole pages (OS_PAGE bytes). The only place that maps memory.
 *
 * Every call is thread-safe and async-signal-safe, keeps errno, and on failure changes nothing and
 * returns NULL or false. Addresses and lengths are multiples of OS_PAGE. */
#ifndef OS_PAGES_H
#define OS_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "base/compiler.h"

#define OS_PAGE ((size_t)4096)

/* Address space without access, aligned to `alignment` (a power of two). */
MUST_USE void *os_pages_reserve(size_t bytes, size_t alignment);

/* Gives reserved pages read and write access; they read as zero unless used before. */
MUST_USE bool os_pages_commit(void *at, size_t bytes);

/* Takes access and contents away; the addresses stay ours. */
bool os_pages_decommit(void *at, size_t bytes);

/* Gives the contents of committed pages back to the system; they read as zero. */
bool os_pages_discard(void *at, size_t bytes);

/* Has the system provide committed pages for writing now, many in one go, which costs less than a
 * page fault for each. False: before Linux 5.14, or short of memory; some may be there, and the
 * others come when they are used. No page may be a guard (os/guards.h). */
bool os_pages_populate(void *at, size_t bytes);
bool os_pages_populate_many(const struct iovec *ranges, size_t count);

/* Fresh zeroed memory, and its end. */
MUST_USE void *os_pages_map(size_t bytes);
void os_pages_unmap(void *at, size_t bytes);

/* Asks for few large pages in the place of many: for tables that are looked into at random. */
void os_pages_prefer_large(void *at, size_t bytes);

/* As os_pages_map(), but shared with copies of the process that are made later. */
MUST_USE void *os_pages_map_shared(size_t bytes);

/* Moves the contents (not the mapping) of `from` to the committed or reserved pages at `to`,
 * without copying: page tables change hands. Afterwards `from` reads as zero, as after discard.
 * False where the system cannot (before Linux 5.7; `from` mapped in more than one piece): then
 * nothing has moved, and the pages at `to` have access, but may have lost what they held. */
MUST_USE bool os_pages_move(void *from, size_t bytes, void *to);

/* One byte per page into `resident`: bit 0 set where the page holds memory now (mincore). */
MUST_USE bool os_pages_resident(const void *at, size_t bytes, unsigned char *resident);

/* True if every page from `at` on for `bytes` is mapped at all (mincore says ENOMEM where not). */
MUST_USE bool os_pages_are_mapped(const void *at, size_t bytes);

/* A page that reads as zero in every child of fork (MADV_WIPEONFORK), as this process left it
 * elsewhere. NULL before Linux 4.14. */
MUST_USE void *os_pages_map_wiped_on_fork(void);

/* For tests: the Nth call from now that needs memory or mappings fails, and so does every later one
 * if `stay`. 0 switches it off. */
void os_pages_fail_at(unsigned long nth, bool stay);

#endif

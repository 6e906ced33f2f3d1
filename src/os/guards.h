/* Pages without access, so that a program which touches them is stopped in the act. In committed
 * memory (os/pages.h); addresses and lengths are multiples of OS_PAGE.
 *
 * Three ways, the best that the system has:
 *   madvise   MADV_GUARD_INSTALL, Linux 6.13: no mapping of its own, any number of them
 *   mprotect  two mappings for each, of which a process may have vm.max_map_count (65,530 by
 *             default): up to three quarters of those, so that the program is left some
 *   none      every guard is refused
 * Where madvise refuses a range (memory locked by mlockall), mprotect is tried.
 *
 * Two kinds, which differ only in what they take from the budget of mprotect. A *guard* stands for
 * long, and each is counted. The pages between two guards that stand are *closed* and opened as
 * often as one likes, and take nothing: while they are closed the three are one mapping, and there
 * are fewer than were paid for. Who closes pages without guards beside them makes a mapping more
 * that is not counted.
 *
 * What a page held is lost when it becomes a guard or is closed; it reads as zero afterwards. Every
 * call is thread-safe (not two on the same pages at once), async-signal-safe, takes no lock and
 * keeps errno. A child of fork has the guards of its parent. */
#ifndef OS_GUARDS_H
#define OS_GUARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "base/compiler.h"

enum guards_way { GUARDS_NONE, GUARDS_MPROTECT, GUARDS_MADVISE };

/* Ranges from here on are closed by mprotect, in madvise's way too, and counted: madvise has work
 * to do for each page (35 ns; 2 us for a call of mprotect, measured), and takes page tables. */
#define OS_GUARD_LONG ((size_t)512 << 10)

/* No better way than `best`; until then there are no guards. Once, single-threaded. (Tests start it
 * again: guards made before must be gone.) */
void os_guards_start(enum guards_way best);

/* The best that the system has: found out by trying when the first guard is wanted, which takes
 * five system calls, or when this is asked. */
enum guards_way os_guards_way(void);

/* True: the pages are a guard. False: refused; they can be used as before, what they held may be
 * lost. */
MUST_USE bool os_guard_install(void *at, size_t bytes);

/* The same range as was installed. False (mprotect only, no mapping or memory left): it still is a
 * guard. */
bool os_guard_remove(void *at, size_t bytes);

/* Makes a guard longer by the pages beside it, or shorter: pages at its edge open. False: refused,
 * as above. */
MUST_USE bool os_guard_extend(void *at, size_t bytes);
MUST_USE bool os_guard_shorten(void *at, size_t bytes);

/* Pages between two guards. False: refused, as above. Of pages that were closed together a part may
 * be opened, but for ranges of OS_GUARD_LONG and more. */
MUST_USE bool os_guard_close(void *at, size_t bytes);
MUST_USE bool os_guard_open(void *at, size_t bytes);

/* Pages that are open can be read only from now on, or are as open as before. The first takes from
 * the budget, where guards are madvise's, and the second gives it back: one for one. False:
 * refused, as they were. */
MUST_USE bool os_guard_read_only(void *at, size_t bytes);
MUST_USE bool os_guard_read_write(void *at, size_t bytes);

/* Opens many ranges shorter than OS_GUARD_LONG, in few system calls where the kernel can. False:
 * not every one is open. */
MUST_USE bool os_guard_open_many(const struct iovec *ranges, size_t count);

/* How many guards were installed so far, by which way, and how often a guard or closed pages were
 * refused. */
struct guard_counts {
    unsigned long by_madvise, by_mprotect, refused;
};
void os_guards_count(struct guard_counts *out);

/* For tests: how many guards mprotect may still make. */
void os_guards_set_budget(long guards);

#endif

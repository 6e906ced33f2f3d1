/* madvise(2) on ranges of pages, one or many in a single call. Async-signal-safe; keeps errno. */
#ifndef OS_ADVISE_H
#define OS_ADVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "base/compiler.h"

/* Values of the kernel's uapi/asm-generic/mman-common.h, for older headers. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24 /* Linux 5.18 */
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13 */
#define MADV_GUARD_REMOVE 103
#endif

/* False: the system refuses, for all of the range or from some page of it on. */
MUST_USE bool os_advise(void *at, size_t bytes, int advice);

/* The same for many ranges: hundreds in one system call where the kernel lets a process advise
 * itself so (process_madvise with PIDFD_SELF, Linux 6.15), else one by one. The advice must be one
 * that may be given twice. True if every range has it. */
MUST_USE bool os_advise_many(const struct iovec *ranges, size_t count, int advice);

#endif

#include "os/pages.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/align.h"
#include "os/advise.h"

static atomic_ulong fail_at;
static atomic_bool fail_stays;

void os_pages_fail_at(unsigned long nth, bool stay)
{
    atomic_store(&fail_stays, stay);
    atomic_store(&fail_at, nth);
}

/* Counts one request; true if a test wants it to fail. */
static bool must_fail(void)
{
    unsigned long left = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (LIKELY(left == 0)) {
        return false;
    }
    if (left > 1) {
        atomic_store(&fail_at, left - 1);
        return false;
    }
    atomic_store(&fail_at, atomic_load(&fail_stays) ? 1 : 0);
    return true;
}

static void *map(size_t bytes, int protection, int flags)
{
    int saved = errno;
    void *at =
        must_fail() ? MAP_FAILED : mmap(NULL, bytes, protection, MAP_ANONYMOUS | flags, -1, 0);
    errno = saved;
    return at == MAP_FAILED ? NULL : at;
}

void *os_pages_map(size_t bytes)
{
    return map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

void os_pages_prefer_large(void *at, size_t bytes)
{
    int saved = errno;
    (void)madvise(at, bytes, MADV_HUGEPAGE);
    errno = saved;
}

void *os_pages_map_shared(size_t bytes)
{
    return map(bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE);
}

void os_pages_unmap(void *at, size_t bytes)
{
    int saved = errno;
    munmap(at, bytes);
    errno = saved;
}

void *os_pages_reserve(size_t bytes, size_t alignment)
{
    size_t slack = alignment > OS_PAGE ? alignment : 0;
    char *raw = map(bytes + slack, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
    if (!raw || !slack) {
        return raw;
    }
    char *start = (char *)align_up((uintptr_t)raw, alignment);
    if (start > raw) {
        os_pages_unmap(raw, (size_t)(start - raw));
    }
    char *end = raw + bytes + slack;
    if (end > start + bytes) {
        os_pages_unmap(start + bytes, (size_t)(end - start) - bytes);
    }
    return start;
}

bool os_pages_commit(void *at, size_t bytes)
{
    int saved = errno;
    bool done = !must_fail() && mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0;
    errno = saved;
    return done;
}

bool os_pages_decommit(void *at, size_t bytes)
{
    int saved = errno;
    bool done = madvise(at, bytes, MADV_DONTNEED) == 0 && mprotect(at, bytes, PROT_NONE) == 0;
    errno = saved;
    return done;
}

bool os_pages_discard(void *at, size_t bytes)
{
    int saved = errno;
    bool done = madvise(at, bytes, MADV_DONTNEED) == 0;
    if (UNLIKELY(!done) && errno == EINVAL) { /* locked in memory (mlockall) */
        done = madvise(at, bytes, MADV_DONTNEED_LOCKED) == 0;
        if (!done) {
            memset(at, 0, bytes);
            done = true;
        }
    }
    errno = saved;
    return done;
}

bool os_pages_populate(void *at, size_t bytes)
{
    return !must_fail() && os_advise(at, bytes, MADV_POPULATE_WRITE);
}

bool os_pages_populate_many(const struct iovec *ranges, size_t count)
{
    return !must_fail() && os_advise_many(ranges, count, MADV_POPULATE_WRITE);
}

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* mremap() takes away what is at its target before it finds that it cannot move: the source is
 * mapped in two pieces, as it is where a part of it was moved there before (up to Linux 6.16, which
 * answers EFAULT). What it left in place stays. */
static void restore_target(void *to, size_t bytes)
{
    void *at = mmap(to, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != MAP_FAILED && at != to) { /* not before Linux 4.17: there it was a wish */
        munmap(at, bytes);
    }
}

bool os_pages_move(void *from, size_t bytes, void *to)
{
    int saved = errno;
    void *now = must_fail() ? MAP_FAILED
                            : mremap(from, bytes, bytes,
                                     MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);
    if (now == MAP_FAILED) {
        restore_target(to, bytes);
    }
    errno = saved;
    return now != MAP_FAILED;
}

bool os_pages_resident(const void *at, size_t bytes, unsigned char *resident)
{
    int saved = errno;
    bool done = mincore((void *)(uintptr_t)at, bytes, resident) == 0;
    errno = saved;
    return done;
}

bool os_pages_are_mapped(const void *at, size_t bytes)
{
    unsigned char resident[64];
    for (size_t done = 0; done < bytes; done += sizeof resident * OS_PAGE) {
        size_t part = bytes - done;
        part = part < sizeof resident * OS_PAGE ? part : sizeof resident * OS_PAGE;
        if (!os_pages_resident((const char *)at + done, part, resident)) {
            return false;
        }
    }
    return true;
}

void *os_pages_map_wiped_on_fork(void)
{
    void *page = os_pages_map(OS_PAGE);
    int saved = errno;
    /* not madvise(): what the program keeps from forks is counted there */
    if (page && syscall(SYS_madvise, page, OS_PAGE, MADV_WIPEONFORK) != 0) {
        os_pages_unmap(page, OS_PAGE);
        page = NULL;
    }
    errno = saved;
    return page;
}

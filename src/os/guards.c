#include "os/guards.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "os/advise.h"
#include "os/pages.h"
#include "os/probe.h"
#include "os/status.h"

enum { DEFAULT_MAPPINGS = 65530, MAPPINGS_A_GUARD = 2 };
#define BUDGET_UNKNOWN LONG_MIN

enum { WAY_UNTRIED = -1 };
static atomic_int chosen;                   /* enum guards_way, or untried */
static atomic_long budget = BUDGET_UNKNOWN; /* guards that mprotect may still make */
static atomic_bool has_fallen_back; /* short ranges were shut by mprotect, in madvise's way */
static atomic_bool long_by_madvise; /* the budget was gone */
static atomic_ulong by_madvise, by_mprotect, refused;

static bool can_madvise(void)
{
    char *page = os_pages_map(OS_PAGE);
    if (!page) {
        return false;
    }
    *page = 1;
    bool can = os_advise(page, OS_PAGE, MADV_GUARD_INSTALL) &&
               !os_word_is_readable((uintptr_t)page) &&
               os_advise(page, OS_PAGE, MADV_GUARD_REMOVE) && os_word_is_readable((uintptr_t)page);
    os_pages_unmap(page, OS_PAGE);
    return can;
}

void os_guards_start(enum guards_way best)
{
    atomic_store(&chosen, best == GUARDS_MADVISE ? WAY_UNTRIED : (int)best);
    atomic_store(&budget, BUDGET_UNKNOWN);
    atomic_store(&has_fallen_back, false);
    atomic_store(&long_by_madvise, false);
    atomic_store(&by_madvise, 0);
    atomic_store(&by_mprotect, 0);
    atomic_store(&refused, 0);
}

/* Threads that try at the same time find the same. */
static NOINLINE enum guards_way try_madvise(void)
{
    int saved = errno;
    enum guards_way way = can_madvise() ? GUARDS_MADVISE : GUARDS_MPROTECT;
    atomic_store_explicit(&chosen, (int)way, memory_order_relaxed);
    errno = saved;
    return way;
}

enum guards_way os_guards_way(void)
{
    int way = atomic_load_explicit(&chosen, memory_order_relaxed);
    return LIKELY(way != WAY_UNTRIED) ? (enum guards_way)way : try_madvise();
}

void os_guards_set_budget(long guards)
{
    atomic_store(&budget, guards);
}

static long system_budget(void)
{
    uint64_t mappings;
    if (!os_status_number("/proc/sys/vm/max_map_count", "", 10, &mappings) || mappings > LONG_MAX) {
        mappings = DEFAULT_MAPPINGS;
    }
    return (long)(mappings / 4 * 3 / MAPPINGS_A_GUARD);
}

static bool take_from_budget(void)
{
    long left = atomic_load(&budget);
    if (left == BUDGET_UNKNOWN) {
        long all = system_budget();
        left = atomic_compare_exchange_strong(&budget, &left, all) ? all : left;
    }
    while (left > 0) {
        if (atomic_compare_exchange_weak(&budget, &left, left - 1)) {
            return true;
        }
    }
    return false;
}

static bool protect(void *at, size_t bytes, int protection)
{
    int saved = errno;
    bool done = mprotect(at, bytes, protection) == 0;
    errno = saved;
    return done;
}

static bool shut(void *at, size_t bytes)
{
    if (!protect(at, bytes, PROT_NONE)) {
        (void)protect(at, bytes, PROT_READ | PROT_WRITE); /* it may have come half the way */
        return false;
    }
    if (os_advise(at, bytes, MADV_DONTNEED) || os_advise(at, bytes, MADV_DONTNEED_LOCKED)) {
        return true;
    }
    /* Locked in memory by a kernel that keeps it so: wiped in place. */
    if (!protect(at, bytes, PROT_READ | PROT_WRITE)) {
        return true;
    }
    memset(at, 0, bytes);
    return protect(at, bytes, PROT_NONE);
}

/* From now on what is opened may have been shut by mprotect, and be short. */
static void fall_back(void)
{
    atomic_store_explicit(&has_fallen_back, true, memory_order_relaxed);
}

static bool may_be_shut(void)
{
    return os_guards_way() == GUARDS_MPROTECT ||
           atomic_load_explicit(&has_fallen_back, memory_order_relaxed);
}

/* madvise's guards only; of no effect on pages that are none. */
static bool unadvise(void *at, size_t bytes)
{
    return os_guards_way() != GUARDS_MADVISE || os_advise(at, bytes, MADV_GUARD_REMOVE);
}

static bool refuse(void *at, size_t bytes)
{
    (void)unadvise(at, bytes); /* for a part of it may be one */
    atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
    return false;
}

static bool shut_within_budget(void *at, size_t bytes)
{
    if (!take_from_budget()) {
        return false;
    }
    if (!shut(at, bytes)) {
        atomic_fetch_add(&budget, 1);
        return false;
    }
    return true;
}

bool os_guard_install(void *at, size_t bytes)
{
    if (os_guards_way() == GUARDS_MADVISE && os_advise(at, bytes, MADV_GUARD_INSTALL)) {
        atomic_fetch_add_explicit(&by_madvise, 1, memory_order_relaxed);
        return true;
    }
    if (os_guards_way() == GUARDS_NONE || !shut_within_budget(at, bytes)) {
        return refuse(at, bytes);
    }
    fall_back();
    atomic_fetch_add_explicit(&by_mprotect, 1, memory_order_relaxed);
    return true;
}

static bool is_long(size_t bytes)
{
    return os_guards_way() == GUARDS_MADVISE && bytes >= OS_GUARD_LONG;
}

bool os_guard_extend(void *at, size_t bytes)
{
    if (os_guards_way() == GUARDS_MPROTECT) {
        return shut(at, bytes) || refuse(at, bytes);
    }
    if (os_guards_way() == GUARDS_MADVISE && os_advise(at, bytes, MADV_GUARD_INSTALL)) {
        return true;
    }
    if (os_guards_way() == GUARDS_NONE || !shut_within_budget(at, bytes)) {
        return refuse(at, bytes);
    }
    fall_back();
    return true;
}

bool os_guard_close(void *at, size_t bytes)
{
    if (is_long(bytes)) {
        if (shut_within_budget(at, bytes)) {
            return true;
        }
        atomic_store_explicit(&long_by_madvise, true, memory_order_relaxed);
    }
    return os_guard_extend(at, bytes);
}

/* What mprotect may have shut, in whole or in part. `paid`: by the budget, if it did. */
static bool unshut(void *at, size_t bytes, bool paid)
{
    bool had_share = paid && !os_word_is_readable((uintptr_t)at);
    if (!protect(at, bytes, PROT_READ | PROT_WRITE)) {
        return false;
    }
    if (had_share) {
        atomic_fetch_add(&budget, 1);
    }
    return true;
}

bool os_guard_remove(void *at, size_t bytes)
{
    return unadvise(at, bytes) && (!may_be_shut() || unshut(at, bytes, true));
}

static bool open_long(void *at, size_t bytes)
{
    if (atomic_load_explicit(&long_by_madvise, memory_order_relaxed)) {
        return unadvise(at, bytes) && unshut(at, bytes, true);
    }
    if (!protect(at, bytes, PROT_READ | PROT_WRITE)) {
        return false;
    }
    atomic_fetch_add(&budget, 1);
    return true;
}

bool os_guard_shorten(void *at, size_t bytes)
{
    return unadvise(at, bytes) &&
           (!may_be_shut() || unshut(at, bytes, os_guards_way() == GUARDS_MADVISE));
}

bool os_guard_open(void *at, size_t bytes)
{
    return is_long(bytes) ? open_long(at, bytes) : os_guard_shorten(at, bytes);
}

/* Where guards are mprotect's, each was paid for as two mappings beside the block's: no page has a
 * mapping more by what may be done in it. */
bool os_guard_read_only(void *at, size_t bytes)
{
    bool is_counted = os_guards_way() == GUARDS_MADVISE;
    if (is_counted && !take_from_budget()) {
        return false;
    }
    if (protect(at, bytes, PROT_READ)) {
        return true;
    }
    (void)protect(at, bytes, PROT_READ | PROT_WRITE); /* it may have come half the way */
    atomic_fetch_add(&budget, is_counted);
    return false;
}

bool os_guard_read_write(void *at, size_t bytes)
{
    if (!protect(at, bytes, PROT_READ | PROT_WRITE)) {
        return false;
    }
    atomic_fetch_add(&budget, os_guards_way() == GUARDS_MADVISE);
    return true;
}

bool os_guard_open_many(const struct iovec *ranges, size_t count)
{
    bool done =
        os_guards_way() != GUARDS_MADVISE || os_advise_many(ranges, count, MADV_GUARD_REMOVE);
    for (size_t i = 0; may_be_shut() && i < count; i++) {
        done = unshut(ranges[i].iov_base, ranges[i].iov_len, os_guards_way() == GUARDS_MADVISE) &&
               done;
    }
    return done;
}

void os_guards_count(struct guard_counts *out)
{
    *out = (struct guard_counts){
        .by_madvise = atomic_load_explicit(&by_madvise, memory_order_relaxed),
        .by_mprotect = atomic_load_explicit(&by_mprotect, memory_order_relaxed),
        .refused = atomic_load_explicit(&refused, memory_order_relaxed),
    };
}

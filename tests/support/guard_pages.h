/* What tests of guards share. */
#ifndef SUPPORT_GUARD_PAGES_H
#define SUPPORT_GUARD_PAGES_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "os/guards.h"
#include "os/pages.h"
#include "os/probe.h"

/* The ways that make guards: each test that is given one of them is run once for each. */
static const enum guards_way ways[] = {GUARDS_MPROTECT, GUARDS_MADVISE};
enum { WAYS = sizeof ways / sizeof *ways };

/* As many as one likes: they are not backed by anything until they are used. */
static inline char *pages(size_t count)
{
    void *at = mmap(NULL, count * OS_PAGE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    return at;
}

static inline bool is_open(const char *page)
{
    return os_word_is_readable((uintptr_t)page) &&
           os_word_is_readable((uintptr_t)page + OS_PAGE - 8);
}

#endif

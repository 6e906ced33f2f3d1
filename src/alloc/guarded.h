/* Guarded blocks: the recipe of one, and what a page fault at one means.
 *
 *     guard | canary | the user's | canary | guard
 *
 * The block touches one of the two guards, as near as its alignment lets it; the rest of its pages
 * is canary. Once released its pages are guard too. */
#ifndef ALLOC_GUARDED_H
#define ALLOC_GUARDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/guard_choice.h"
#include "alloc/ref.h"
#include "alloc/thread.h"
#include "base/compiler.h"
#include "heap/guarded.h"
#include "os/pages.h"

/* What an allocation asks for; see block_allocate(). */
struct guarded_demand {
    size_t size;
    size_t alignment; /* 1: none was asked for */
    bool zero;
    enum api via;
};

/* False: such a block is too large, or too strictly aligned, to be guarded so. */
static inline bool guarded_has_room(size_t size, size_t alignment)
{
    return size <= GUARDED_PAGES_MOST * OS_PAGE && alignment <= OS_PAGE;
}

/* A live block that has room; NULL: no memory, or no guards to be had. */
MUST_USE void *guarded_allocate(struct thread *thread, const struct guarded_demand *demand,
                                uint32_t stack);

/* Takes a block whose release has begun and was noted in its record: its memory goes away. */
void guarded_retire(const struct ref *ref);

/* Sets the size of a block that stays where it is; its release has begun. False: it has to move. */
MUST_USE bool guarded_resize(struct ref *ref, size_t size);

/* How many blocks were guarded so far, and how many should have been but are not: the system gave
 * no memory for them, or no more guards. */
struct guarded_counts {
    unsigned long guarded, unguarded;
};
struct guarded_counts guarded_counts(void);
void guarded_count(bool has_guards);

/* Alignment of a block that stands at a guard: no object in it needs a stricter one than the block
 * has bytes (WG14 N2293). In C++ an object's size is a multiple of its alignment, so that less
 * would do, but Clang counts on as much of whatever plain new returns, and stores 16 bytes at a
 * time. */
size_t guarded_alignment(size_t size, size_t asked);

/* Where blocks of a stack stand: what is known of it, or else `otherwise`. */
enum guard_side guarded_side(uint32_t stack, enum guard_side otherwise);

/* The next block of that size is to touch the guard behind it, not the one before, where blocks
 * stand on that side. An empty one is at the end, in the guard itself: each access to it is one too
 * far. */
bool guarded_stands_at_end(size_t size, enum guard_side side);

#endif

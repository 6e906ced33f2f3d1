/* When a block was born, and whether it counts: one word in each live block's record.
 *
 * A generation is a number that heap_mark() raises. A block keeps the one it was allocated in, or
 * last resized in, so "leaks since the mark" needs nothing but the mark's number. The same counter
 * tells what a forked child inherited.
 *
 * A block may also be ignored: neither it nor what it leads to is ever a leak. Either by name,
 * block_ignore() in alloc/allocate.h, or because its thread asked for that meanwhile,
 * heap_ignore_begin(). */
#ifndef ALLOC_GENERATION_H
#define ALLOC_GENERATION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define HEAP_IGNORED (UINT32_C(1) << 31)
#define HEAP_GENERATION_MOST (HEAP_IGNORED - 1)

/* Of blocks allocated now; 0 until the first mark or fork. */
extern HIDDEN _Atomic uint32_t heap_generation;

/* Begins a generation and returns its number, at least 1: blocks allocated from now on by any
 * thread have this number or a higher one. O(1), lock-free, any thread, async-signal-safe. After
 * 2^31 - 1 of them the number stays. */
uint32_t heap_mark(void);

/* In the child of a fork, while that has one thread: all blocks of before count as inherited. */
void heap_inherit_all(void);

/* True in a process to which that happened. */
bool heap_has_inherited(void);

/* Whether a block born so was inherited, and may belong to a thread this process does not have. */
bool heap_is_inherited(uint32_t birth);

/* Between these, every block that the calling thread allocates or resizes is born ignored. They
 * nest; an end without a beginning does nothing. */
void heap_ignore_begin(void);
void heap_ignore_end(void);

/* HEAP_IGNORED while the calling thread is between them, else 0. */
extern HIDDEN THREAD_LOCAL uint32_t heap_ignoring;

/* What the record of a block that becomes live now is to keep. */
static ALWAYS_INLINE uint32_t heap_birth(void)
{
    return atomic_load_explicit(&heap_generation, memory_order_relaxed) | heap_ignoring;
}

static inline bool birth_is_ignored(uint32_t birth)
{
    return birth & HEAP_IGNORED;
}

static inline uint32_t birth_generation(uint32_t birth)
{
    return birth & ~HEAP_IGNORED;
}

#endif

/* Stacks: captured in nanoseconds, kept once, known by a 32-bit id.
 *
 * stack_capture() takes no lock and makes no system call for a stack seen before, or one made of
 * program counters seen before; keeps errno; may be called from a signal handler (it then may
 * return a shorter stack). Ids are never reused. 0 is "no stack". */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/callsite.h"

enum { STACK_NONE = 0, STACK_MOST_FRAMES = 256 };

/* One stored stack. Valid for the life of the process. */
struct stack_view {
    const uintptr_t *frames; /* innermost first; return addresses, see `exact` */
    uint32_t count;
    uint32_t epoch; /* which modules were loaded then: for module_find() */
};

struct stack_cache; /* per thread: repeats verified, not walked */

MUST_USE uint32_t stack_capture(struct stack_cache *cache, const struct call_site *site);

/* The same for what is sampled: of the captures of one stack, some are *due*. That is each one that
 * was not a repeat, STACK_DUE_NEW, and the Nth repeat after stack_count_down() was told N,
 * STACK_DUE; what is due stays so until then. Threads count for themselves, and forget at times.
 * The id is in the lower half. */
#define STACK_DUE ((uint64_t)1 << 32)
#define STACK_DUE_NEW ((uint64_t)1 << 33)
MUST_USE uint64_t stack_capture_counted(struct stack_cache *cache, const struct call_site *site);

/* At once after a capture that was due, for the same site. 0 < captures <= STACK_COUNT_MOST. */
enum { STACK_COUNT_MOST = INT16_MAX };
void stack_count_down(struct stack_cache *cache, const struct call_site *site, uint16_t captures);

/* Every thread walks each stack anew: its next capture is due. Async-signal-safe. */
void stack_forget_repeats(void);

/* Looks an id up; count is 0 for STACK_NONE. A frame with bit 63 set is the exact program counter
 * of an interrupted instruction (mask it with STACK_PC_MASK); others are return addresses, whose
 * call is at pc - 1. */
struct stack_view stack_view(uint32_t id);

/* The same stack without its `skip` innermost frames; it has more. STACK_NONE: no memory. */
MUST_USE uint32_t stack_from(uint32_t id, uint32_t skip);

#define STACK_EXACT ((uintptr_t)1 << 63)
#define STACK_PC_MASK (~STACK_EXACT)

/* The address to look up names at: inside the call, or the instruction itself. */
static inline uintptr_t stack_lookup_address(uintptr_t frame)
{
    return (frame & STACK_EXACT) ? (frame & STACK_PC_MASK) : frame - 1;
}

/* Counters for the report's "incomplete". */
struct stack_counts {
    uint64_t stacks; /* stored */
    uint64_t cut; /* captures that ended early: no unwind information, or memory that could not be
                     read */
    uint64_t unlearned; /* captures of one frame only, before libunwind was there */
};
struct stack_counts stack_counts(void);

#endif

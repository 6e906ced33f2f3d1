/* Which allocations get a guarded block.
 *
 * Of each allocation stack the first ones, then fewer and fewer; all of a stack known for damage.
 * What guarding costs is measured and kept to a share of the time that passes, and the memory of
 * guarded blocks to a share of the heap's. Stacks that had fewer guarded blocks go first when the
 * allowance is short.
 *
 * Lock-free; asked rarely: of a stack that was walked, and when a countdown set by the last answer
 * has run out (stack/stack.h). */
#ifndef ALLOC_GUARD_CHOICE_H
#define ALLOC_GUARD_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* In the order of the option's words. */
enum guard_mode {
    GUARD_OFF,
    GUARD_SAMPLE, /* as said above */
    GUARD_SITES,  /* only stacks known for damage */
    GUARD_ALL,    /* every block */
};

/* The guard that a guarded block touches: the one behind it, the one before, or in turns. Auto: in
 * turns when sampling, else behind. */
enum guard_side { GUARD_SIDE_AUTO, GUARD_SIDE_AFTER, GUARD_SIDE_BEFORE, GUARD_SIDE_BOTH };

void guard_choice_start(enum guard_mode mode, unsigned rate);

enum { GUARD_CHOICE_ANY = 1 }; /* no stack has this id: for who knows none */

struct guard_verdict {
    bool guard;
    uint16_t ask_after; /* so many allocations from the same stack */
};

/* `counted`: a countdown has run out; else it is one of unknown number. `data_bytes` of memory. */
struct guard_verdict guard_choice(uint32_t stack, bool counted, size_t data_bytes);

/* The side of a block that was just chosen, where both are wanted: of each stack the first stands
 * at the guard behind it, since most errors run over the end and most code runs once; the second at
 * the one before, and so on in turns. GUARD_SIDE_BOTH where nobody counts. */
enum guard_side guard_choice_side(uint32_t stack);

/* Around the making of a guarded block and around its release: what this takes goes off the
 * allowance. */
uint64_t guard_choice_begin(void);
void guard_choice_end(uint64_t begun);

/* From now on all blocks of this stack are guarded, as far as memory allows. Async-signal-safe. */
void guard_choice_always(uint32_t stack);

/* Asked once per stack, before its first verdict: was damage found there in an earlier run? NULL,
 * the default: not known. */
extern bool (*guard_site_is_known)(uint32_t stack);

/* The side for blocks of a stack; auto where nothing is known of it. NULL: of none. */
extern enum guard_side (*guard_site_side)(uint32_t stack);

/* Called for each block that was allocated the uncommon way, as all of known stacks are. NULL:
 * nobody counts them. */
extern void (*guard_site_block)(uintptr_t start, size_t size, uint32_t stack);

#endif

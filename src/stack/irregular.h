/* Stacks with a frame that no rule describes: libunwind walks them from the start, over the real
 * registers and stack. Microseconds a frame, under LOCK_LEARN; but what it reads goes into the
 * trace, so a repeat is verified like any other. */
#ifndef STACK_IRREGULAR_H
#define STACK_IRREGULAR_H

#include <stdbool.h>

#include "base/compiler.h"
#include "stack/walk.h"

/* After unwinder_load(), from the constructor. False when out of memory. */
MUST_USE bool irregular_start(void);

/* Starts walk anew and finishes it. */
void irregular_walk(struct walk *walk);

#endif

/* One frame by its rule, whatever the form, and wherever the stack lies: what the walk's fast way
 * leaves. */
#ifndef STACK_STEP_H
#define STACK_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/walk.h"

/* Makes the caller's frame the one in hand. False at the outermost frame, where the stack cannot be
 * followed (walk->cut), and when libunwind has walked the rest. */
MUST_USE bool step_frame(struct walk *walk, uint64_t body);

#endif

/* Which function's frame a place on a stack is in: of a thread that runs on, by a copy of what
 * stood on its stack. May learn rules: takes LOCK_LEARN. */
#ifndef STACK_FRAME_AT_H
#define STACK_FRAME_AT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/callsite.h"

struct stack_copy {
    struct call_site site;  /* the registers then; pc may be exact (stack.h) */
    const uintptr_t *words; /* from site.sp on */
    size_t count;
};

/* The program counter in that function, as in a stack_view. 0: not found. */
MUST_USE uintptr_t stack_frame_at(const struct stack_copy *copy, uintptr_t place);

#endif

/* The frames of a stack that are the C library's own, the loader's or ours: of a function that was
 * handed a bad pointer, what matters is who called it, and what it is called. */
#ifndef INTERPOSE_SIGNALS_LIBRARY_FRAMES_H
#define INTERPOSE_SIGNALS_LIBRARY_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct library_call {
    uint32_t stack;  /* from the program's own code on */
    uintptr_t place; /* in the library's function that this code called, as stacks have it; 0:
                      * it called none, or the stack has no code of the program's */
    const char
        *function; /* what that is called, while the calling module is loaded; NULL: unknown */
};
struct library_call library_call(uint32_t stack);

/* True if the address is in the C library or the loader. */
MUST_USE bool library_has(uintptr_t address);

#endif

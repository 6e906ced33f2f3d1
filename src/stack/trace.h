/* What a walk read of the stack: words by their offset in bytes from the stack pointer it started
 * from, with their values. Return addresses are frames, so their values are there already. */
#ifndef STACK_TRACE_H
#define STACK_TRACE_H

#include <stdint.h>

#include "stack/stack.h"

enum {
    /* A frame has at most three words besides a plain return address. */
    TRACE_MOST_WORDS = 3 * STACK_MOST_FRAMES,
};
#define TRACE_ELSEWHERE UINTPTR_MAX

struct trace_word {
    uintptr_t value;
    uintptr_t offset;
};

struct trace {
    uint32_t words;                      /* in `word` */
    uintptr_t frames[STACK_MOST_FRAMES]; /* the result, as in stack_view */
    uintptr_t
        frame_offsets[STACK_MOST_FRAMES]; /* of return addresses; TRACE_ELSEWHERE: see `word` */
    struct trace_word word[TRACE_MOST_WORDS];
};

#endif

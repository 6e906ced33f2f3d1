/* What a walk read of the stack: its words by index, counted from the stack pointer it started
 * from, with their values. Return addresses are frames, so their values are there already. */
#ifndef STACK_TRACE_H
#define STACK_TRACE_H

#include <stdint.h>

#include "stack/stack.h"

enum {
    /* A frame has at most three words besides a plain return address. */
    TRACE_MOST_WORDS = 3 * STACK_MOST_FRAMES,
};
#define TRACE_ELSEWHERE UINT32_MAX

struct trace_word {
    uintptr_t value;
    uint32_t index;
};

struct trace {
    uint32_t words; /* in `word` */
    uint32_t
        frame_words[STACK_MOST_FRAMES]; /* where each frame was read; TRACE_ELSEWHERE: see `word` */
    struct trace_word word[TRACE_MOST_WORDS];
};

#endif

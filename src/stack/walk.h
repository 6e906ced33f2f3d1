/* A walk up the stack by frame rules. Takes no lock and makes no system call where all rules are
 * known and the stack is the thread's own. Reads nothing that is not known or proven to be
 * readable. */
#ifndef STACK_WALK_H
#define STACK_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/callsite.h"
#include "stack/rules.h"
#include "stack/trace.h"

struct walk {
    /* Given. */
    const struct call_site *site;
    uintptr_t low, high; /* the thread's stack; 0, 0: unknown */
    uintptr_t *frames;   /* room for `most`; with a trace, its own */
    uint32_t most;       /* at least 1, at most STACK_MOST_FRAMES */
    struct trace *trace; /* NULL: not wanted */
    bool training;       /* tell rules' guesses what came; needs `trace` */

    /* Found. */
    uint32_t count; /* frames */
    uint64_t hash;  /* of the frames: depot_hash_step() */
    bool cut;       /* did not come to the outermost frame, nor to `most` */
    bool used_fp;   /* some frame was computed from site->fp */

    /* The frame in hand. */
    uintptr_t pc, sp, fp;
    uintptr_t
        fp_at; /* where fp was read, if that is not yet in the trace; or one of the two below */
    struct rule_table *table;
    struct rule *rule;    /* of the frame before; NULL at first */
    struct rule unlisted; /* stands for one that the table has no room for */

    /* The words that may be read: at base and up to `span` bytes above. At first all from the stack
     * pointer up, so that offsets from base are those of the trace. Never beginning above `sp`. */
    uintptr_t base, span;
    bool is_whole; /* this is still so, and the trace is complete */
};

#define FP_NOTED UINTPTR_MAX         /* in the trace */
#define FP_OF_SITE (UINTPTR_MAX - 1) /* nowhere: it is still that of the site */

/* Follows the stack from walk->site. */
void walk_stack(struct walk *walk);

/* For the ways out of the ordinary: */

/* Begins at the first frame, again. */
void walk_begin(struct walk *walk);

/* Appends a frame. What it was read from, if from the stack, must be in the trace. */
void walk_push(struct walk *walk, uintptr_t frame);

/* Puts a word into the trace. */
void walk_note(struct walk *walk, uintptr_t value, uintptr_t offset);

/* A stack word, and it goes into the trace; the window is moved there if need be. False if it
 * cannot be read, or should not. */
MUST_USE bool walk_fetch(struct walk *walk, uintptr_t at, uintptr_t *value);

/* A stack word, and the window stays: in walk->sp's frame or above. */
MUST_USE bool walk_peek(struct walk *walk, uintptr_t at, uintptr_t *value);

/* No word may be read until the window is moved. */
void walk_close_window(struct walk *walk);

static inline bool walk_sees(const struct walk *walk, uintptr_t at)
{
    return at - walk->base <= walk->span && at % 8 == 0;
}

/* What no program counter is. */
static inline bool walk_is_garbage(uintptr_t pc)
{
    enum { LEAST = 4096, ADDRESS_BITS = 47 };
    uintptr_t plain = pc & STACK_PC_MASK;
    return plain < LEAST || plain >> ADDRESS_BITS != 0;
}

#endif

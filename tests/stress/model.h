/* A random program against a heap, with a model of what the heap must do: blocks do not overlap,
 * keep their contents, are aligned, zero where asked, and may be resized and released by any
 * thread. All that happens follows from the seed, but for the order in which threads meet. */
#ifndef STRESS_MODEL_H
#define STRESS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The heap under test. */
struct heap_calls {
    /* `alignment` 0: none asked for. `choice` picks one of several functions that can serve. */
    void *(*allocate)(size_t size, size_t alignment, bool zero, unsigned choice);
    void *(*resize)(void *at, size_t size, unsigned choice); /* size > 0 */
    void (*release)(void *at, size_t size, unsigned choice);
    size_t (*usable_size)(void *at);
    void (*thread_ends)(void); /* NULL: nothing to be done */
};

struct model_plan {
    uint64_t seed;
    unsigned long operations; /* of each thread */
    unsigned threads;
    size_t most_bytes; /* of one block */
    bool may_fail;     /* NULL is an answer: memory is being made scarce */
};

/* True if the heap kept every promise; else the first broken ones are told on stderr. */
bool model_run(const struct heap_calls *calls, const struct model_plan *plan);

/* One step of a SplitMix64 sequence. */
uint64_t random_next(uint64_t *state);

#endif

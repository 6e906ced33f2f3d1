/* What happened last in each slot, and when: for a sweep that finds a block damaged and is to say
 * what was done to its neighbours meanwhile. Kept only where heap_config.keeps_history.
 *
 * A slot's last four allocations and releases, a large run's last two, newest first, each one word:
 *
 *     stack id, 32 bits | tick, 31 bits | 1: a release
 *
 * Ticks are 64 us of the clock that the sweep moves on (history_tick): before each look at a slab,
 * so that whether something happened before or after a look is exact whatever the times are. They
 * begin anew after 38 hours; what is compared lies less than half of that apart. Written by whoever
 * owns the slot's record, read by anybody. */
#ifndef ALLOC_HISTORY_H
#define ALLOC_HISTORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "alloc/ref.h"
#include "base/compiler.h"
#include "heap/slab.h"

enum { HISTORY_TICK_US = 64 };
enum history_kind { HISTORY_ALLOCATION, HISTORY_RELEASE };

/* Now, twice: the lowest bit is free for the kind. */
extern _Atomic uint32_t history_tick;

static inline uint64_t history_word(enum history_kind kind, uint32_t stack)
{
    uint32_t now = atomic_load_explicit(&history_tick, memory_order_relaxed);
    return (uint64_t)stack << 32 | now | kind;
}

static inline void history_push(uint64_t *words, unsigned count, uint64_t word)
{
    for (unsigned i = count - 1; i > 0; i--) {
        __atomic_store_n(&words[i], __atomic_load_n(&words[i - 1], __ATOMIC_RELAXED),
                         __ATOMIC_RELAXED);
    }
    __atomic_store_n(words, word, __ATOMIC_RELAXED);
}

static inline void history_add_slot(const struct granule *slab, uint32_t index,
                                    enum history_kind kind, uint32_t stack)
{
    uint64_t *words = slots_history(slab, index);
    if (words) {
        history_push(words, HEAP_HISTORY_WORDS, history_word(kind, stack));
    }
}

static inline void history_add_large(struct granule *run, enum history_kind kind, uint32_t stack)
{
    history_push(run->large.history, HEAP_LARGE_HISTORY_WORDS, history_word(kind, stack));
}

/* Of a block that has been published. */
void history_add(const struct ref *ref, enum history_kind kind, uint32_t stack);

static inline uint32_t history_word_stack(uint64_t word)
{
    return (uint32_t)(word >> 32);
}

static inline enum history_kind history_word_kind(uint64_t word)
{
    return (enum history_kind)(word & 1);
}

static inline uint32_t history_word_tick(uint64_t word)
{
    return (uint32_t)word & ~1u;
}

/* At `tick` or after it. */
static inline bool history_is_since(uint32_t one, uint32_t tick)
{
    return (int32_t)(one - tick) >= 0;
}

/* The words of a block's slot or run, newest first. Returns how many. */
unsigned history_read(const struct ref *ref, uint64_t words[HEAP_HISTORY_WORDS]);

#endif

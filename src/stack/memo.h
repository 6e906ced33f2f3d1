/* Repeats are verified, not walked. An unwind is a function of the registers it starts from and of
 * the stack words it reads: a memo keeps the registers as its key, the words with their values, and
 * the id of the stack that came out. If all words still hold, it is that stack, exactly.
 *
 * A cache is one thread's own. Its signal handlers may capture too: while the cache is being
 * changed they do without it, and what they change is noticed by the capture they interrupted. */
#ifndef STACK_MEMO_H
#define STACK_MEMO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/callsite.h"
#include "stack/module_list.h"
#include "stack/stack.h"
#include "stack/trace.h"
#include "stack/word.h"

enum {
    MEMO_LINE = 64,    /* bytes; memos lie in whole lines */
    MEMO_LINES = 2048, /* of the ring; line 0 is not used */
    MEMO_BUCKETS = 256,
    MEMO_WAYS = 4,
    MEMO_LINE_BITS = 16, /* of a way, below its tag */
    MEMO_PLACE_BITS = 16,
    MEMO_STEP = 4, /* words verified in a turn; the last turn is filled up */
};

/* The key, the result, and what must hold: words with their places, in words above the stack
 * pointer, in the low 16 bits. Addresses have 47 bits, and so has what is verified. */
struct memo {
    uintptr_t pc, sp;
    uintptr_t fp, fp_mask; /* RBP counts only where a frame was computed from it: mask 0 if not */
    uint32_t id;
    uint8_t lines;
    uint8_t bucket;
    int16_t left; /* counted captures until one is due: see stack_capture_counted() */
    const uint64_t *end;
    uint64_t words[];
};

struct stack_cache {
    uintptr_t low, high;       /* the thread's stack; 0, 0: unknown */
    volatile uint32_t epoch;   /* of all memos; 0 while the index or the ring is being changed */
    volatile uint32_t changes; /* made so far */
    bool memos_off;            /* walk always: for measurements and tests */
    volatile bool walking;     /* the scratch below is in use */
    uint32_t walks;            /* so far */
    uint32_t late_hits;        /* of memos that were not first in their bucket */
    uint32_t head, tail,
        old_end; /* lines: next free; oldest memo of the previous round, and its end */
    _Alignas(4096)
        uint32_t index[MEMO_BUCKETS][MEMO_WAYS]; /* tag and line; line 0: seen once; 0: free */
    struct trace trace;                          /* scratch of a walk */
    _Alignas(4096) char ring[MEMO_LINES * MEMO_LINE];
};

static ALWAYS_INLINE uint64_t memo_hash(const struct call_site *site)
{
    return (site->pc ^ site->sp << 17) * 0x9e3779b97f4a7c15u;
}

static ALWAYS_INLINE uint32_t *memo_bucket(struct stack_cache *cache, uint64_t hash)
{
    return cache->index[hash >> 56];
}

/* Never 0. */
static ALWAYS_INLINE uint32_t memo_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 40) << MEMO_LINE_BITS | 1u << MEMO_LINE_BITS;
}

static ALWAYS_INLINE struct memo *memo_at(struct stack_cache *cache, uint32_t line)
{
    return (struct memo *)(void *)(cache->ring + (size_t)line * MEMO_LINE);
}

static ALWAYS_INLINE bool memo_is_of(const struct memo *memo, const struct call_site *site)
{
    return memo->pc == site->pc && memo->sp == site->sp &&
           ((memo->fp ^ site->fp) & memo->fp_mask) == 0;
}

/* The reads do not wait for each other: no chain from frame to frame. */
READS_FRAMES static ALWAYS_INLINE bool memo_holds(const struct memo *memo)
{
    const stack_word *stack = (const stack_word *)memo->sp;
    for (const uint64_t *word = memo->words; word < memo->end; word += MEMO_STEP) {
        if (stack[(uint16_t)word[0]] != word[0] >> MEMO_PLACE_BITS ||
            stack[(uint16_t)word[1]] != word[1] >> MEMO_PLACE_BITS ||
            stack[(uint16_t)word[2]] != word[2] >> MEMO_PLACE_BITS ||
            stack[(uint16_t)word[3]] != word[3] >> MEMO_PLACE_BITS) {
            return false;
        }
    }
    return true;
}

/* The id of this stack if it is the one last seen from this start, else STACK_NONE. A free way
 * leads to line 0, which is of no start. */
READS_FRAMES static ALWAYS_INLINE uint32_t memo_find(struct stack_cache *cache,
                                                     const struct call_site *site)
{
    uint32_t changes = cache->changes;
    uint32_t way = memo_bucket(cache, memo_hash(site))[0];
    const struct memo *memo = memo_at(cache, way % (1u << MEMO_LINE_BITS));
    uint32_t epoch = atomic_load_explicit(&modules_epoch, memory_order_acquire);
    if (LIKELY(memo_is_of(memo, site)) && LIKELY(cache->epoch == epoch) && memo_holds(memo)) {
        uint32_t id = memo->id;
        return LIKELY(cache->changes == changes) ? id : STACK_NONE;
    }
    return STACK_NONE;
}

/* The id of this stack if it is another one seen lately, else STACK_NONE. */
uint32_t memo_find_further(struct stack_cache *cache, const struct call_site *site);

/* One capture less until the next one that is due: is this one? A signal handler that comes in
 * between may have put another memo here. Then either its countdown is shorter by one, or the upper
 * bits of a word to be verified are wrong by one, and it holds no more. */
static ALWAYS_INLINE bool memo_count(struct memo *memo)
{
    return --memo->left <= 0;
}

/* memo_find() for counted captures: the id, with STACK_DUE if this one is due. */
READS_FRAMES static ALWAYS_INLINE uint64_t memo_find_counted(struct stack_cache *cache,
                                                             const struct call_site *site)
{
    uint32_t changes = cache->changes;
    uint32_t way = memo_bucket(cache, memo_hash(site))[0];
    struct memo *memo = memo_at(cache, way % (1u << MEMO_LINE_BITS));
    uint32_t epoch = atomic_load_explicit(&modules_epoch, memory_order_acquire);
    if (LIKELY(memo_is_of(memo, site)) && LIKELY(cache->epoch == epoch) && memo_holds(memo)) {
        uint64_t id = memo->id;
        if (LIKELY(cache->changes == changes)) {
            return UNLIKELY(memo_count(memo)) ? id | STACK_DUE : id;
        }
    }
    return STACK_NONE;
}

/* The same for another one seen lately. */
uint64_t memo_find_further_counted(struct stack_cache *cache, const struct call_site *site);

/* Sets the countdown of this stack's memo, if there is one. */
void memo_set_left(struct stack_cache *cache, const struct call_site *site, uint16_t left);

/* What a walk has come to, besides cache->trace. */
struct memo_result {
    uint32_t epoch, count, id;
    bool used_fp;
};

/* Remembers a walk from `site`, if its start was met before: what never comes again costs no
 * memory. */
void memo_insert(struct stack_cache *cache, const struct call_site *site,
                 const struct memo_result *result);

#endif

/* Repeats are verified, not walked. An unwind is a function of the registers it starts from and of the
 * stack words it reads: a memo keeps the registers as its key, the words with their values, and the id
 * of the stack that came out. If all words still hold, it is that stack, exactly.
 *
 * A cache is one thread's own. Its signal handlers may capture too: while the cache is being changed they do
 * without it, and what they change is noticed by the capture they interrupted. */
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
    MEMO_LINE = 64,      /* bytes; memos lie in whole lines */
    MEMO_LINES = 2048,   /* of the ring; line 0 is not used */
    MEMO_BUCKETS = 256,
    MEMO_WAYS = 4,
    MEMO_LINE_BITS = 16, /* of a way, below its tag */
    MEMO_STEP = 4,       /* words verified per turn; memos are filled up to a multiple */
};

/* The key, the result, and what must hold: pairs of neighbouring words, most often a saved RBP below its
 * return address, then single words. */
struct memo {
    uintptr_t pc, sp, fp;
    uint32_t id;
    uint16_t pairs;   /* a multiple of MEMO_STEP / 2 */
    uint16_t singles; /* a multiple of MEMO_STEP */
    uint16_t lines;
    uint16_t bucket;
    uint32_t unused[3];
    uintptr_t values[]; /* and behind them a uint16_t for each pair and single: its place in words above sp */
};

struct stack_cache {
    uintptr_t low, high;          /* the thread's stack; 0, 0: unknown */
    uint32_t epoch;               /* of all memos */
    volatile uint32_t changes;    /* odd while the index or the ring is being changed */
    bool memos_off;               /* walk always: for measurements and tests */
    volatile bool walking;        /* the scratch below is in use */
    uint32_t walks;               /* so far */
    uint32_t late_hits;           /* of memos that were not first in their bucket */
    uint32_t head, tail, old_end; /* lines: next free; oldest memo of the previous round, and its end */
    uintptr_t frames[STACK_MOST_FRAMES]; /* scratch of a walk */
    _Alignas(4096) uint32_t index[MEMO_BUCKETS][MEMO_WAYS]; /* tag and line; line 0: seen once; 0: free */
    struct trace trace;                                     /* scratch of a walk */
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

/* The memo a way leads to, if it is of this tag and key; else NULL. */
static ALWAYS_INLINE const struct memo *memo_of_way(struct stack_cache *cache, uint32_t way, uint32_t tag,
                                                    const struct call_site *site)
{
    uint32_t line = way ^ tag;
    if (line - 1 >= MEMO_LINES - 1) {
        return NULL;
    }
    const struct memo *memo = memo_at(cache, line);
    bool same = memo->pc == site->pc && memo->sp == site->sp && memo->fp == site->fp;
    return LIKELY(same) ? memo : NULL;
}

/* The reads do not wait for each other: no chain from frame to frame. */
READS_FRAMES static ALWAYS_INLINE bool memo_holds(const struct memo *memo)
{
    const stack_word *stack = (const stack_word *)memo->sp;
    const stack_pair *pairs = (const stack_pair *)(const void *)memo->values;
    const uintptr_t *values = memo->values + 2 * memo->pairs;
    const uint16_t *at = (const uint16_t *)(const void *)(values + memo->singles);
    stack_pair differ_both = {0, 0};
    for (const stack_pair *end = pairs + memo->pairs; pairs < end; pairs += 2, at += 2) {
        differ_both |= *(const stack_pair *)(stack + at[0]) ^ pairs[0];
        differ_both |= *(const stack_pair *)(stack + at[1]) ^ pairs[1];
    }
    uintptr_t differ = differ_both[0] | differ_both[1];
    for (const uintptr_t *end = values + memo->singles; values < end; values += 4, at += 4) {
        differ |= (stack[at[0]] ^ values[0]) | (stack[at[1]] ^ values[1]);
        differ |= (stack[at[2]] ^ values[2]) | (stack[at[3]] ^ values[3]);
    }
    return differ == 0;
}

/* The id of this stack if it is the one last seen from this start, else STACK_NONE. */
READS_FRAMES static ALWAYS_INLINE uint32_t memo_find(struct stack_cache *cache,
                                                     const struct call_site *site)
{
    uint64_t hash = memo_hash(site);
    uint32_t changes = cache->changes;
    uint32_t epoch = atomic_load_explicit(&modules_epoch, memory_order_acquire);
    uint32_t way = memo_bucket(cache, hash)[0];
    const struct memo *memo = memo_of_way(cache, way, memo_tag(hash), site);
    if (UNLIKELY(!memo || cache->epoch != epoch || changes % 2 != 0) || !memo_holds(memo)) {
        return STACK_NONE;
    }
    uint32_t id = memo->id;
    return LIKELY(cache->changes == changes) ? id : STACK_NONE;
}

/* The id of this stack if it is another one seen lately, else STACK_NONE. */
uint32_t memo_find_further(struct stack_cache *cache, const struct call_site *site);

/* A walk from `site` in this epoch came to `count` frames, cache->frames, read as cache->trace says, and to
 * this id. Remembered only if its start was met before: what never comes again costs no memory. */
void memo_insert(struct stack_cache *cache, const struct call_site *site, uint32_t epoch,
                 uint32_t count, uint32_t id);

#endif

/* Memos lie one after another in a ring and go in the order they came. An index of small sets finds them: each
 * way holds a tag and a line, the more lately used more to the front. */
#include "stack/memo.h"

#include <assert.h>

#include "base/align.h"
#include "os/own.h"
#include "stack/start.h"

enum { PROMOTE_EVERY = 4 }; /* late hits: two stacks that take turns shall not swap each time */

static_assert(MEMO_BUCKETS == 256, "a bucket is the hash's highest eight bits");
static_assert(MEMO_LINES <= 1 << MEMO_LINE_BITS, "a way holds a tag and a line");
static_assert(offsetof(struct memo, values) % sizeof(stack_pair) == 0, "pairs are aligned");

struct stack_cache *stack_cache_create(uintptr_t low, uintptr_t high)
{
    struct stack_cache *cache = own_alloc(sizeof *cache);
    if (cache) {
        cache->low = low;
        cache->high = high & ~(uintptr_t)7;
        cache->head = 1;
    }
    return cache;
}

void stack_cache_destroy(struct stack_cache *cache)
{
    own_free(cache, sizeof *cache);
}

static void begin_change(struct stack_cache *cache)
{
    cache->changes++;
    atomic_signal_fence(memory_order_seq_cst);
}

static void end_change(struct stack_cache *cache)
{
    atomic_signal_fence(memory_order_seq_cst);
    cache->changes++;
}

static void forget_all(struct stack_cache *cache)
{
    for (unsigned bucket = 0; bucket < MEMO_BUCKETS; bucket++) {
        for (unsigned way = 0; way < MEMO_WAYS; way++) {
            cache->index[bucket][way] = 0;
        }
    }
    cache->head = 1;
    cache->tail = 0;
    cache->old_end = 0;
}

void stack_cache_set_bounds(struct stack_cache *cache, uintptr_t low, uintptr_t high)
{
    begin_change(cache);
    cache->low = low;
    cache->high = high & ~(uintptr_t)7;
    forget_all(cache);
    end_change(cache);
}

/* Moves a way one to the front. */
static void promote(struct stack_cache *cache, uint32_t *bucket, unsigned way)
{
    begin_change(cache);
    uint32_t before = bucket[way - 1];
    bucket[way - 1] = bucket[way];
    bucket[way] = before;
    end_change(cache);
}

READS_FRAMES uint32_t memo_find_further(struct stack_cache *cache, const struct call_site *site)
{
    uint64_t hash = memo_hash(site);
    uint32_t changes = cache->changes;
    if (cache->epoch != module_epoch() || changes % 2 != 0) {
        return STACK_NONE;
    }
    uint32_t *bucket = memo_bucket(cache, hash);
    for (unsigned way = 1; way < MEMO_WAYS; way++) {
        const struct memo *memo = memo_of_way(cache, bucket[way], memo_tag(hash), site);
        if (memo && memo_holds(memo)) {
            uint32_t id = memo->id;
            if (cache->changes != changes) {
                return STACK_NONE;
            }
            if (++cache->late_hits % PROMOTE_EVERY == 0) {
                promote(cache, bucket, way);
            }
            return id;
        }
    }
    return STACK_NONE;
}

/* The memo at a line goes: whatever way still leads to it is free. */
static uint32_t evict(struct stack_cache *cache, uint32_t line)
{
    const struct memo *memo = memo_at(cache, line);
    uint32_t *bucket = cache->index[memo->bucket];
    for (unsigned way = 0; way < MEMO_WAYS; way++) {
        if (bucket[way] % (1u << MEMO_LINE_BITS) == line) {
            bucket[way] = 0;
        }
    }
    return line + memo->lines;
}

/* Room for a memo of so many lines. The memos of the previous round in its way go. */
static uint32_t take_lines(struct stack_cache *cache, uint32_t lines)
{
    if (cache->head + lines > MEMO_LINES) {
        while (cache->tail < cache->old_end) {
            cache->tail = evict(cache, cache->tail);
        }
        cache->old_end = cache->head;
        cache->tail = cache->head = 1;
    }
    uint32_t line = cache->head;
    cache->head += lines;
    while (cache->tail < cache->old_end && cache->tail < cache->head) {
        cache->tail = evict(cache, cache->tail);
    }
    return line;
}

/* How a memo will be laid out. */
struct plan {
    uint32_t count;          /* frames */
    uint32_t pairs, singles; /* real ones */
};

static bool fits(uint32_t index)
{
    return index < UINT16_MAX; /* also as the second of a pair */
}

/* Finds the words that stand just below a return address. False if some word lies too far away. */
static bool make_plan(struct stack_cache *cache, struct plan *plan)
{
    struct trace *trace = &cache->trace;
    uint32_t frame = 1;
    for (uint32_t i = 0; i < trace->words; i++) {
        struct trace_word *word = &trace->word[i];
        word->pair = 0;
        while (frame < plan->count && trace->frame_words[frame] < word->index + 1) {
            frame++;
        }
        if (frame < plan->count && trace->frame_words[frame] == word->index + 1) {
            word->pair = frame++;
            plan->pairs++;
        }
        if (!fits(word->index)) {
            return false;
        }
    }
    plan->singles = trace->words - 2 * plan->pairs;
    for (uint32_t i = 1; i < plan->count; i++) {
        if (trace->frame_words[i] != TRACE_ELSEWHERE) {
            plan->singles++;
            if (!fits(trace->frame_words[i])) {
                return false;
            }
        }
    }
    return true;
}

/* Fills the pairs in, and takes their frames out of the trace. */
static void write_pairs(struct stack_cache *cache, uintptr_t *values, uint16_t *at)
{
    struct trace *trace = &cache->trace;
    for (uint32_t i = 0; i < trace->words; i++) {
        const struct trace_word *word = &trace->word[i];
        if (word->pair != 0) {
            *values++ = word->value;
            *values++ = cache->frames[word->pair] & STACK_PC_MASK;
            *at++ = (uint16_t)word->index;
            trace->frame_words[word->pair] = TRACE_ELSEWHERE;
        }
    }
}

static void write_singles(struct stack_cache *cache, uint32_t count, uintptr_t *values, uint16_t *at)
{
    const struct trace *trace = &cache->trace;
    for (uint32_t i = 1; i < count; i++) {
        if (trace->frame_words[i] != TRACE_ELSEWHERE) {
            *values++ = cache->frames[i] & STACK_PC_MASK;
            *at++ = (uint16_t)trace->frame_words[i];
        }
    }
    for (uint32_t i = 0; i < trace->words; i++) {
        if (trace->word[i].pair == 0) {
            *values++ = trace->word[i].value;
            *at++ = (uint16_t)trace->word[i].index;
        }
    }
}

/* Fills up to a whole turn with repeats of the first. */
static void fill_up(uintptr_t *values, uint16_t *at, uint32_t words_each, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < words_each; k++) {
            values[i * words_each + k] = values[k];
        }
        at[i] = at[0];
    }
}

static uint32_t write(struct stack_cache *cache, const struct call_site *site, const struct plan *plan,
                      uint32_t id)
{
    uint32_t pairs = (uint32_t)align_up(plan->pairs, MEMO_STEP / 2);
    uint32_t singles = (uint32_t)align_up(plan->singles, MEMO_STEP);
    size_t bytes = sizeof(struct memo) + (2 * pairs + singles) * sizeof(uintptr_t) +
                   (pairs + singles) * sizeof(uint16_t);
    uint32_t lines = (uint32_t)(align_up(bytes, MEMO_LINE) / MEMO_LINE);
    uint32_t line = take_lines(cache, lines);
    struct memo *memo = memo_at(cache, line);
    *memo = (struct memo){.pc = site->pc,
                          .sp = site->sp,
                          .fp = site->fp,
                          .id = id,
                          .pairs = (uint16_t)pairs,
                          .singles = (uint16_t)singles,
                          .lines = (uint16_t)lines,
                          .bucket = (uint16_t)(memo_hash(site) >> 56)};
    uintptr_t *values = memo->values + 2 * pairs;
    uint16_t *at_pairs = (uint16_t *)(void *)(values + singles);
    uint16_t *at_singles = at_pairs + pairs;
    write_pairs(cache, memo->values, at_pairs);
    write_singles(cache, plan->count, values, at_singles);
    fill_up(memo->values, at_pairs, 2, plan->pairs, pairs);
    fill_up(values, at_singles, 1, plan->singles, singles);
    return line;
}

/* True if this start was met before: its tag is in the bucket. A mere mark gives its way up. */
static bool was_seen(uint32_t *bucket, uint32_t tag)
{
    bool seen = false;
    for (unsigned way = 0; way < MEMO_WAYS; way++) {
        if (bucket[way] >> MEMO_LINE_BITS == tag >> MEMO_LINE_BITS) {
            seen = true;
            if (bucket[way] == tag) {
                bucket[way] = 0;
            }
        }
    }
    return seen;
}

/* A free way, or else the last. */
static unsigned choose_way(const uint32_t *bucket)
{
    unsigned way = 0;
    while (way < MEMO_WAYS - 1 && bucket[way] != 0) {
        way++;
    }
    return way;
}

void memo_insert(struct stack_cache *cache, const struct call_site *site, uint32_t epoch,
                 uint32_t count, uint32_t id)
{
    if (cache->changes % 2 != 0 || epoch != module_epoch()) {
        return;
    }
    begin_change(cache);
    if (cache->epoch != epoch) {
        forget_all(cache);
        cache->epoch = epoch;
    }
    uint64_t hash = memo_hash(site);
    uint32_t *bucket = memo_bucket(cache, hash);
    uint32_t tag = memo_tag(hash);
    struct plan plan = {.count = count};
    uint32_t line = 0;
    if (was_seen(bucket, tag) && make_plan(cache, &plan)) {
        line = write(cache, site, &plan, id);
    }
    bucket[choose_way(bucket)] = tag | line;
    end_change(cache);
}

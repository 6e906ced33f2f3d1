/* Memos lie one after another in a ring and go in the order they came. An index of small sets finds
 * them: each way holds a tag and a line, the more lately used more to the front. */
#include "stack/memo.h"

#include <assert.h>

#include "base/align.h"
#include "os/own.h"
#include "stack/start.h"

enum { PROMOTE_EVERY = 4 }; /* late hits: two stacks that take turns shall not swap each time */

static_assert(sizeof(struct memo) + (STACK_MOST_FRAMES + TRACE_MOST_WORDS) * sizeof(uint64_t) <
                  UINT8_MAX * MEMO_LINE,
              "the lines of a memo are counted in a byte");
static_assert(offsetof(struct memo, left) % sizeof(uint64_t) == 6 && MEMO_LINE % 8 == 0,
              "a countdown is the upper part of what would be a word in another memo");
static_assert(MEMO_BUCKETS == 256, "a bucket is the hash's highest eight bits");
static_assert(MEMO_LINES <= 1 << MEMO_LINE_BITS, "a way holds a tag and a line");

struct stack_cache *stack_cache_create(uintptr_t low, uintptr_t high)
{
    struct stack_cache *cache = own_alloc_record(sizeof *cache);
    if (cache) {
        cache->low = low;
        cache->high = high & ~(uintptr_t)7;
        cache->head = 1;
        cache->epoch = module_epoch();
    }
    return cache;
}

void stack_cache_destroy(struct stack_cache *cache)
{
    own_free_record(cache, sizeof *cache);
}

/* Returns the epoch, for end_change(). */
static uint32_t begin_change(struct stack_cache *cache)
{
    uint32_t epoch = cache->epoch;
    cache->epoch = 0;
    atomic_signal_fence(memory_order_seq_cst);
    return epoch;
}

static void end_change(struct stack_cache *cache, uint32_t epoch)
{
    cache->changes++;
    atomic_signal_fence(memory_order_seq_cst);
    cache->epoch = epoch;
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
    uint32_t epoch = begin_change(cache);
    cache->low = low;
    cache->high = high & ~(uintptr_t)7;
    forget_all(cache);
    end_change(cache, epoch);
}

/* Moves a way one to the front. */
static void promote(struct stack_cache *cache, uint32_t *bucket, unsigned way)
{
    uint32_t epoch = begin_change(cache);
    uint32_t before = bucket[way - 1];
    bucket[way - 1] = bucket[way];
    bucket[way] = before;
    end_change(cache, epoch);
}

READS_FRAMES static ALWAYS_INLINE uint64_t find_further(struct stack_cache *cache,
                                                        const struct call_site *site, bool counted)
{
    uint64_t hash = memo_hash(site);
    uint32_t changes = cache->changes;
    if (cache->epoch != module_epoch()) {
        return STACK_NONE;
    }
    uint32_t *bucket = memo_bucket(cache, hash);
    for (unsigned way = 1; way < MEMO_WAYS; way++) {
        uint32_t line = bucket[way] ^ memo_tag(hash);
        if (line == 0 || line >= MEMO_LINES) {
            continue; /* a mere mark, or of another tag */
        }
        struct memo *memo = memo_at(cache, line);
        if (memo_is_of(memo, site) && memo_holds(memo)) {
            uint64_t id = memo->id;
            if (cache->changes != changes) {
                return STACK_NONE;
            }
            bool due = counted && memo_count(memo);
            if (++cache->late_hits % PROMOTE_EVERY == 0) {
                promote(cache, bucket, way);
            }
            return due ? id | STACK_DUE : id;
        }
    }
    return STACK_NONE;
}

uint32_t memo_find_further(struct stack_cache *cache, const struct call_site *site)
{
    return (uint32_t)find_further(cache, site, false);
}

uint64_t memo_find_further_counted(struct stack_cache *cache, const struct call_site *site)
{
    return find_further(cache, site, true);
}

READS_FRAMES void memo_set_left(struct stack_cache *cache, const struct call_site *site,
                                uint16_t left)
{
    if (cache->epoch == 0) {
        return;
    }
    uint32_t epoch = begin_change(cache);
    uint64_t hash = memo_hash(site);
    const uint32_t *bucket = memo_bucket(cache, hash);
    for (unsigned way = 0; way < MEMO_WAYS; way++) {
        uint32_t line = bucket[way] ^ memo_tag(hash);
        if (line == 0 || line >= MEMO_LINES) {
            continue;
        }
        struct memo *memo = memo_at(cache, line);
        if (memo_is_of(memo, site) && memo_holds(memo)) {
            memo->left = (int16_t)left;
            break;
        }
    }
    end_change(cache, epoch);
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

static bool pack(uint64_t *word, uintptr_t value, uintptr_t offset)
{
    uintptr_t place = offset / sizeof(uintptr_t);
    *word = (uint64_t)value << MEMO_PLACE_BITS | (uint16_t)place;
    return place <= UINT16_MAX && value >> (64 - MEMO_PLACE_BITS) == 0;
}

/* Fills a memo's words in from the trace; the last turn up with the first word. False if one does
 * not fit. */
static bool write_words(const struct stack_cache *cache, uint32_t count, uint64_t *words)
{
    const struct trace *trace = &cache->trace;
    uint64_t *word = words;
    bool fit = true;
    for (uint32_t i = 1; i < count; i++) {
        if (trace->frame_offsets[i] != TRACE_ELSEWHERE) {
            fit &= pack(word++, trace->frames[i] & STACK_PC_MASK, trace->frame_offsets[i]);
        }
    }
    for (uint32_t i = 0; i < trace->words; i++) {
        fit &= pack(word++, trace->word[i].value, trace->word[i].offset);
    }
    for (; (word - words) % MEMO_STEP != 0; word++) {
        *word = words[0];
    }
    return fit;
}

static uint32_t count_words(const struct stack_cache *cache, uint32_t count)
{
    uint32_t words = cache->trace.words;
    for (uint32_t i = 1; i < count; i++) {
        words += cache->trace.frame_offsets[i] != TRACE_ELSEWHERE;
    }
    return (uint32_t)align_up(words, MEMO_STEP);
}

/* Returns the line; 0 if the trace does not fit a memo. */
static uint32_t write(struct stack_cache *cache, const struct call_site *site,
                      const struct memo_result *result)
{
    uint32_t words = count_words(cache, result->count);
    size_t bytes = sizeof(struct memo) + words * sizeof(uint64_t);
    uint32_t lines = (uint32_t)(align_up(bytes, MEMO_LINE) / MEMO_LINE);
    uint32_t line = take_lines(cache, lines);
    struct memo *memo = memo_at(cache, line);
    *memo = (struct memo){.pc = site->pc,
                          .sp = site->sp,
                          .fp = site->fp,
                          .fp_mask = result->used_fp ? UINTPTR_MAX : 0,
                          .id = result->id,
                          .lines = (uint8_t)lines,
                          .bucket = (uint8_t)(memo_hash(site) >> 56),
                          .end = memo->words + words};
    return write_words(cache, result->count, memo->words) ? line : 0;
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

void memo_insert(struct stack_cache *cache, const struct call_site *site,
                 const struct memo_result *result)
{
    if (cache->epoch == 0 || result->epoch != module_epoch()) {
        return;
    }
    if (begin_change(cache) != result->epoch) {
        forget_all(cache);
    }
    uint64_t hash = memo_hash(site);
    uint32_t *bucket = memo_bucket(cache, hash);
    uint32_t tag = memo_tag(hash);
    uint32_t line = was_seen(bucket, tag) ? write(cache, site, result) : 0;
    bucket[choose_way(bucket)] = tag | line;
    end_change(cache, result->epoch);
}

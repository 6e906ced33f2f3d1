#include "stack/stack.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "stack/depot.h"
#include "stack/irregular.h"
#include "stack/learn.h"
#include "stack/memo.h"
#include "stack/module_list.h"
#include "stack/rules.h"
#include "stack/start.h"
#include "stack/unwinder.h"
#include "stack/walk.h"

/* Walks that tell rules' guesses what came: a thread's first ones, then one in so many, since
 * threads share the rules, and most walks shall not write to them. */
enum { TRAIN_FIRST = 64, TRAIN_EVERY = 32 };

static _Atomic unsigned depth; /* 0 before stack_start() */
static atomic_ulong lost;      /* captures that found no room, or had to stay out of it */
static atomic_ulong unlearned;

void (*stack_unstarted)(const struct call_site *site);

struct stack_counts stack_counts(void)
{
    return (struct stack_counts){
        .stacks = depot_stacks(),
        .cut = depot_cut() + atomic_load_explicit(&lost, memory_order_relaxed),
        .unlearned = atomic_load_explicit(&unlearned, memory_order_relaxed),
    };
}

/* The epoch is that of now, after the walk: what it learned may have noted modules, and no module
 * on this stack goes meanwhile. */
static uint32_t intern(const struct walk *walk, uint32_t epoch)
{
    const struct depot_key key = {.frames = walk->frames,
                                  .count = walk->count,
                                  .hash = depot_hash_end(walk->hash, walk->count),
                                  .epoch = epoch,
                                  .cut = walk->cut};
    uint32_t id = depot_intern(&key);
    if (UNLIKELY(id == STACK_NONE)) {
        atomic_fetch_add_explicit(&lost, 1, memory_order_relaxed);
    }
    return id;
}

static uint32_t capture_caller(const struct call_site *site)
{
    uintptr_t frame = site->pc;
    struct walk walk = {.site = site, .frames = &frame, .most = 1};
    walk_begin(&walk);
    atomic_fetch_add_explicit(&unlearned, 1, memory_order_relaxed);
    return intern(&walk, module_epoch());
}

/* With a cache's scratch. */
static uint32_t capture_into(struct stack_cache *cache, const struct call_site *site, unsigned most)
{
    struct walk walk;
    walk.site = site;
    walk.low = cache->low;
    walk.high = cache->high;
    walk.frames = cache->trace.frames;
    walk.most = most;
    walk.trace = &cache->trace;
    walk.training = cache->walks < TRAIN_FIRST || cache->walks % TRAIN_EVERY == 0;
    cache->walks++;
    cache->walking = true;
    atomic_signal_fence(memory_order_seq_cst);
    walk_stack(&walk);
    uint32_t epoch = module_epoch();
    uint32_t id = intern(&walk, epoch);
    if (walk.is_whole && id != STACK_NONE && !cache->memos_off) {
        const struct memo_result result = {epoch, walk.count, id, walk.used_fp};
        memo_insert(cache, site, &result);
    }
    atomic_signal_fence(memory_order_seq_cst);
    cache->walking = false;
    return id;
}

/* Without: little of the stack is used, which may be a small one. */
static NOINLINE uint32_t capture_alone(const struct stack_cache *cache,
                                       const struct call_site *site, unsigned most)
{
    uintptr_t frames[STACK_FRAMES_WITHOUT_CACHE];
    struct walk walk;
    walk.site = site;
    walk.low = cache ? cache->low : 0;
    walk.high = cache ? cache->high : 0;
    walk.frames = frames;
    walk.most = most < STACK_FRAMES_WITHOUT_CACHE ? most : STACK_FRAMES_WITHOUT_CACHE;
    walk.trace = NULL;
    walk.training = false;
    walk_stack(&walk);
    return intern(&walk, module_epoch());
}

/* A stack that is no repeat, nor known. */
static uint32_t capture_unknown(struct stack_cache *cache, const struct call_site *site)
{
    unsigned most = atomic_load_explicit(&depth, memory_order_relaxed);
    if (UNLIKELY(most == 0) && stack_unstarted) {
        stack_unstarted(site);
        most = atomic_load_explicit(&depth, memory_order_relaxed);
    }
    if (UNLIKELY(most == 0)) {
        return capture_caller(site);
    }
    if (UNLIKELY(!cache || cache->walking)) {
        return capture_alone(cache, site, most);
    }
    return capture_into(cache, site, most);
}

static bool may_be_known(const struct stack_cache *cache)
{
    return cache && !cache->walking;
}

static NOINLINE uint32_t capture_new(struct stack_cache *cache, const struct call_site *site)
{
    uint32_t id = may_be_known(cache) ? memo_find_further(cache, site) : STACK_NONE;
    return id != STACK_NONE ? id : capture_unknown(cache, site);
}

static NOINLINE uint64_t capture_new_counted(struct stack_cache *cache,
                                             const struct call_site *site)
{
    uint64_t id = may_be_known(cache) ? memo_find_further_counted(cache, site) : STACK_NONE;
    return id != STACK_NONE ? id : capture_unknown(cache, site) | STACK_DUE_NEW;
}

READS_FRAMES uint32_t stack_capture(struct stack_cache *cache, const struct call_site *site)
{
    if (LIKELY(cache != NULL)) {
        uint32_t id = memo_find(cache, site);
        if (LIKELY(id != STACK_NONE)) {
            return id;
        }
    }
    return capture_new(cache, site);
}

READS_FRAMES uint64_t stack_capture_counted(struct stack_cache *cache, const struct call_site *site)
{
    if (LIKELY(cache != NULL)) {
        uint64_t id = memo_find_counted(cache, site);
        if (LIKELY(id != STACK_NONE)) {
            return id;
        }
    }
    return capture_new_counted(cache, site);
}

void stack_count_down(struct stack_cache *cache, const struct call_site *site, uint16_t captures)
{
    if (cache) {
        memo_set_left(cache, site, captures);
    }
}

void stack_forget_repeats(void)
{
    atomic_fetch_add(&modules_epoch, 1);
}

uint32_t stack_from(uint32_t id, uint32_t skip)
{
    struct stack_view view = stack_view(id);
    struct depot_key key = {
        .frames = view.frames + skip, .count = view.count - skip, .epoch = view.epoch};
    uint64_t hash = 0;
    for (uint32_t i = 0; i < key.count; i++) {
        hash = depot_hash_step(hash, key.frames[i]);
    }
    key.hash = depot_hash_end(hash, key.count);
    return depot_intern(&key);
}

bool stack_start(unsigned most)
{
    static bool has_libunwind;
    modules_gather();
    if (!has_libunwind) {
        has_libunwind = unwinder_load() && learn_start() && irregular_start();
    }
    most = most < 1 ? 1 : most > STACK_MOST_FRAMES ? STACK_MOST_FRAMES : most;
    atomic_store(&depth, most);
    return has_libunwind;
}

void stack_register_locks(void)
{
    rules_register_lock();
    modules_register_lock();
    depot_register_lock();
}

void stack_after_module_load(void)
{
    modules_gather();
}

void stack_before_module_unload(uintptr_t address)
{
    modules_note(address);
}

void stack_after_module_unload(void)
{
    modules_recheck();
}

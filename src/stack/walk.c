#include "stack/walk.h"

#include "os/pages.h"
#include "os/probe.h"
#include "stack/depot.h"
#include "stack/step.h"
#include "stack/word.h"

/* Until there is a table. */
static struct {
    struct rule_table table;
    struct rule none[2 * RULES_IN_LINE];
} no_rules = {.table = {.no_key = RULE_NO_KEY, .shift = 63}};

void walk_push(struct walk *walk, uintptr_t frame)
{
    if (walk->trace) {
        walk->trace->frame_offsets[walk->count] = TRACE_ELSEWHERE;
    }
    walk->frames[walk->count++] = frame;
    walk->hash = depot_hash_step(walk->hash, frame);
}

void walk_close_window(struct walk *walk)
{
    walk->base = UINTPTR_MAX; /* where no aligned word is */
    walk->span = 0;
    walk->is_whole = false;
}

void walk_begin(struct walk *walk)
{
    walk->pc = walk->site->pc;
    walk->sp = walk->site->sp;
    walk->fp = walk->site->fp;
    walk->fp_at = FP_OF_SITE;
    walk->count = 0;
    walk->hash = 0;
    walk->cut = walk->used_fp = false;
    walk->rule = NULL;
    if (walk->sp >= walk->low && walk->sp < walk->high && walk->sp % 8 == 0) {
        walk->base = walk->sp;
        walk->span = walk->high - walk->sp - 8;
        walk->is_whole = true;
    } else {
        walk_close_window(walk);
    }
    if (walk->trace) {
        walk->trace->words = 0;
    }
    walk_push(walk, walk->pc);
}

/* Moves the window to an address outside it, if that can be read: on an alternate signal stack, a
 * coroutine's, or where the thread's own is not known. One page; of the thread's own stack, all
 * above. */
static NOINLINE bool move_window(struct walk *walk, uintptr_t at)
{
    if (at % 8 != 0 || !os_word_is_readable(at)) {
        return false;
    }
    bool is_own = at >= walk->low && at < walk->high;
    walk->base = at & ~(uintptr_t)(OS_PAGE - 1);
    walk->span = (is_own ? walk->high - walk->base : OS_PAGE) - 8;
    walk->is_whole = false;
    return true;
}

void walk_note(struct walk *walk, uintptr_t value, uintptr_t offset)
{
    struct trace *trace = walk->trace;
    if (trace && trace->words < TRACE_MOST_WORDS) {
        trace->word[trace->words++] = (struct trace_word){value, offset};
    } else {
        walk->is_whole = false;
    }
}

READS_FRAMES bool walk_fetch(struct walk *walk, uintptr_t at, uintptr_t *value)
{
    if (!walk_sees(walk, at) && !move_window(walk, at)) {
        return false;
    }
    *value = *(const stack_word *)at;
    walk_note(walk, *value, at - walk->base);
    return true;
}

READS_FRAMES bool walk_peek(struct walk *walk, uintptr_t at, uintptr_t *value)
{
    if (!walk_sees(walk, at)) {
        if (at % 8 != 0 || !os_word_is_readable(at)) {
            return false;
        }
        walk->is_whole = false;
    }
    *value = *(const stack_word *)at;
    return true;
}

/* The rule at `pc`, looked up, or learned. NULL if there can be none now. */
static NOINLINE struct rule *look_up(struct walk *walk, uintptr_t pc)
{
    if (walk_is_garbage(pc)) {
        walk->cut = pc != 0; /* 0 is an end like any other */
        return NULL;
    }
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
    struct rule *rule = rules_find(table, pc);
    if (!rule || atomic_load_explicit(&rule->body, memory_order_relaxed) == RULE_NONE) {
        uint64_t body = rules_learn(pc);
        if (body == RULE_NONE) {
            walk->cut = true;
            return NULL;
        }
        table = atomic_load_explicit(&rules_table, memory_order_acquire);
        rule = rules_find(table, pc);
        if (!rule) {
            atomic_store_explicit(&walk->unlisted.body, body, memory_order_relaxed);
            rule = &walk->unlisted;
        }
    }
    walk->table = table ? table : &no_rules.table;
    return rule;
}

/* A frame is computed from RBP. */
static ALWAYS_INLINE void note_fp(struct walk *walk, struct trace *trace, uintptr_t fp,
                                  uintptr_t fp_at)
{
    if (fp_at == FP_OF_SITE) {
        walk->used_fp = true;
    } else {
        trace->word[trace->words++] = (struct trace_word){fp, fp_at - walk->base};
    }
}

static ALWAYS_INLINE bool is_at(const struct rule *rule, uintptr_t pc)
{
    return LIKELY(atomic_load_explicit(&rule->key, memory_order_acquire) == pc);
}

/* No rule's body. */
#define WALK_ENDS UINT64_MAX

/* The rule at `pc`, which is not where the rule before it guessed. NULL where the walk ends. */
static ALWAYS_INLINE struct rule *find_rule(struct walk *walk, uintptr_t pc)
{
    struct rule *rule = rule_home(walk->table, pc);
    return is_at(rule, pc) && pc != 0 ? rule : look_up(walk, pc);
}

/* No guess leads to or from a rule that is in no table. */
static NOINLINE void train(const struct walk *walk, struct rule *before, const struct rule *rule)
{
    if (before && before != &walk->unlisted && rule != &walk->unlisted) {
        rules_train(walk->table, before, rule);
    }
}

/* Follows plain frames, in registers, up to one that needs more: returns its rule's body. WALK_ENDS
 * at the end. What is long about it is that it keeps all state in locals. */
READS_FRAMES static ALWAYS_INLINE uint64_t run(struct walk *walk, const bool tracing,
                                               const bool training)
{
    struct rule_table *table = walk->table;
    struct rule *rule = walk->rule;
    uintptr_t pc = walk->pc;
    uintptr_t sp = walk->sp;
    uintptr_t fp = walk->fp;
    uintptr_t fp_at = walk->fp_at;
    const uintptr_t base = walk->base;
    const uintptr_t span = walk->span;
    uint64_t hash = walk->hash;
    size_t count = walk->count;
    const size_t most = walk->most;
    struct trace *const trace = walk->trace;
    uintptr_t *const frames = tracing ? trace->frames : walk->frames;
    uint64_t body = rule ? atomic_load_explicit(&rule->body, memory_order_relaxed) : 0;
    for (;;) {
        if (count == most) {
            body = WALK_ENDS;
            break;
        }
        struct rule *next = rule_at_guess(table, body);
        if (!is_at(next, pc)) {
            next = find_rule(walk, pc);
            if (!next) {
                body = WALK_ENDS;
                break;
            }
            if (training && table != walk->table) {
                rule = NULL;
            }
            table = walk->table;
        }
        if (training) {
            train(walk, rule, next);
        }
        rule = next;
        body = atomic_load_explicit(&rule->body, memory_order_relaxed);
        if (UNLIKELY(!(body & RULE_PLAIN_BIT))) {
            break;
        }
        uintptr_t cfa = sp + rule_cfa(body);
        if (UNLIKELY(body & RULE_BY_FP_BIT)) {
            cfa = fp + rule_cfa(body);
            if (UNLIKELY((intptr_t)(cfa - sp) < -RULE_FP_IN_FRAME || cfa % 8 != 0)) {
                break;
            }
            if (tracing && fp_at != FP_NOTED) {
                note_fp(walk, trace, fp, fp_at);
                fp_at = FP_NOTED;
            }
        }
        uintptr_t at = cfa - 8 - base;
        if (UNLIKELY(at > span)) {
            break;
        }
        uintptr_t caller = *(const stack_word *)(cfa - 8);
        if (body & RULE_SAVES_BIT) {
            fp_at = cfa + rule_fp(body);
            fp = *(const stack_word *)fp_at;
        }
        if (tracing) {
            trace->frame_offsets[count] = at;
        }
        frames[count++] = caller;
        hash = depot_hash_step(hash, caller);
        sp = cfa;
        pc = caller;
    }
    walk->rule = rule;
    walk->pc = pc;
    walk->sp = sp;
    walk->fp = fp;
    walk->fp_at = fp_at;
    walk->hash = hash;
    walk->count = (uint32_t)count;
    return body;
}

static NOINLINE uint64_t run_tracing(struct walk *walk)
{
    return run(walk, true, false);
}

static NOINLINE uint64_t run_training(struct walk *walk)
{
    return run(walk, true, true);
}

static NOINLINE uint64_t run_plainly(struct walk *walk)
{
    return run(walk, false, false);
}

/* A stack may end in a word that is no program counter: any other time it may be another. */
static void drop_garbage(struct walk *walk)
{
    if (walk->count > 1 && walk_is_garbage(walk->frames[walk->count - 1])) {
        uint32_t last = --walk->count;
        if (walk->trace) {
            walk_note(walk, walk->frames[last], walk->trace->frame_offsets[last]);
        }
        walk->hash = 0;
        for (uint32_t i = 0; i < last; i++) {
            walk->hash = depot_hash_step(walk->hash, walk->frames[i]);
        }
    }
}

void walk_stack(struct walk *walk)
{
    walk_begin(walk);
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
    walk->table = table ? table : &no_rules.table;
    for (;;) {
        uint64_t body = walk->training ? run_training(walk)
                        : walk->trace  ? run_tracing(walk)
                                       : run_plainly(walk);
        if (body == WALK_ENDS) {
            break;
        }
        if (rule_form(body) == RULE_NONE) { /* forgotten, with a module that lay there before */
            body = rules_learn(walk->pc);
            walk->rule = NULL;
        }
        if (rule_form(body) == RULE_END || !step_frame(walk, body)) {
            break;
        }
        walk_push(walk, walk->pc);
    }
    drop_garbage(walk);
}

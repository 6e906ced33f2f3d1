#include "stack/walk.h"

#include "os/pages.h"
#include "os/probe.h"
#include "stack/depot.h"
#include "stack/step.h"
#include "stack/word.h"

/* Until there is a table. */
static struct {
    struct rule_table table;
    struct rule none[RULES_IN_LINE];
} no_rules;

void walk_push(struct walk *walk, uintptr_t frame)
{
    if (walk->trace) {
        walk->trace->frame_words[walk->count] = TRACE_ELSEWHERE;
    }
    walk->frames[walk->count++] = frame;
    walk->hash = depot_hash_step(walk->hash, frame);
}

void walk_begin(struct walk *walk)
{
    enum { MOST_STACK_BYTES = 1 << 30 }; /* beyond, indices would not fit the trace */
    walk->pc = walk->site->pc;
    walk->sp = walk->site->sp;
    walk->fp = walk->site->fp;
    walk->fp_index = FP_OF_SITE;
    walk->count = 0;
    walk->hash = 0;
    walk->cut = walk->used_fp = false;
    walk->rule = NULL;
    walk->is_whole = walk->sp >= walk->low && walk->sp < walk->high && walk->sp % 8 == 0 &&
                     walk->high - walk->sp <= MOST_STACK_BYTES;
    walk->base = walk->is_whole ? walk->sp : UINTPTR_MAX; /* where no aligned word is */
    walk->last = walk->is_whole ? (walk->high - walk->sp) / 8 - 1 : 0;
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
    uintptr_t page = at & ~(uintptr_t)(OS_PAGE - 1);
    bool is_own = at >= walk->low && at < walk->high;
    walk->base = page;
    walk->last = ((is_own ? walk->high : page + OS_PAGE) - page) / 8 - 1;
    walk->is_whole = false;
    return true;
}

READS_FRAMES bool walk_read(struct walk *walk, uintptr_t at, uintptr_t *value, uintptr_t *index)
{
    if (walk_index(walk->base, at) > walk->last && !move_window(walk, at)) {
        return false;
    }
    *index = walk_index(walk->base, at);
    *value = ((const stack_word *)walk->base)[*index];
    return true;
}

void walk_note(struct walk *walk, uintptr_t value, uintptr_t index)
{
    struct trace *trace = walk->trace;
    if (trace && trace->words < TRACE_MOST_WORDS) {
        trace->word[trace->words++] = (struct trace_word){.value = value, .index = (uint32_t)index};
    } else {
        walk->is_whole = false;
    }
}

bool walk_fetch(struct walk *walk, uintptr_t at, uintptr_t *value)
{
    uintptr_t index;
    if (!walk_read(walk, at, value, &index)) {
        return false;
    }
    walk_note(walk, *value, index);
    return true;
}

/* Lets the rule before lead here next time. By exchange: a rule forgotten meanwhile stays so. */
static NOINLINE void correct_guess(struct rule_table *table, struct rule *before, struct rule *rule)
{
    uint64_t body = atomic_load_explicit(&before->body, memory_order_relaxed);
    if (body != RULE_NONE) {
        uint64_t corrected = (body & ~(uint64_t)RULE_GUESS_MASK) | rule_guess(table, rule);
        atomic_compare_exchange_strong_explicit(&before->body, &body, corrected,
                                                memory_order_relaxed, memory_order_relaxed);
    }
}

/* The rule at `pc`, looked up, or learned. NULL if there can be none now. */
static NOINLINE struct rule *look_up(struct walk *walk, uintptr_t pc)
{
    if (walk_is_garbage(pc)) {
        return NULL;
    }
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
    struct rule *rule = rules_find(table, pc);
    if (!rule || atomic_load_explicit(&rule->body, memory_order_relaxed) == RULE_NONE) {
        uint64_t body = rules_learn(pc);
        if (body == RULE_NONE) {
            return NULL;
        }
        table = atomic_load_explicit(&rules_table, memory_order_acquire);
        rule = rules_find(table, pc);
        if (!rule) {
            atomic_store_explicit(&walk->unlisted.body, body, memory_order_relaxed);
            rule = &walk->unlisted;
        }
    }
    if (walk->rule && walk->rule != &walk->unlisted && rule != &walk->unlisted &&
        table == walk->table) {
        correct_guess(table, walk->rule, rule);
    }
    walk->table = table ? table : &no_rules.table;
    return rule;
}

/* A frame is computed from RBP. */
static ALWAYS_INLINE void note_fp(struct walk *walk, struct trace *trace, uintptr_t fp,
                                  uintptr_t fp_index)
{
    if (fp_index == FP_OF_SITE) {
        walk->used_fp = true;
    } else {
        trace->word[trace->words++] = (struct trace_word){.value = fp, .index = (uint32_t)fp_index};
    }
}

static ALWAYS_INLINE bool is_at(const struct rule *rule, uintptr_t pc)
{
    return LIKELY(atomic_load_explicit(&rule->key, memory_order_acquire) == pc);
}

/* No rule's body. */
#define WALK_ENDS UINT64_MAX

/* Follows plain frames, in registers, up to one that needs more: returns its rule's body. WALK_ENDS
 * at the end. What is long about it is that it keeps all state in locals. */
READS_FRAMES static ALWAYS_INLINE uint64_t run(struct walk *walk, struct trace *const trace)
{
    struct rule_table *table = walk->table;
    struct rule *rule = walk->rule;
    uintptr_t pc = walk->pc;
    uintptr_t sp = walk->sp;
    uintptr_t fp = walk->fp;
    uintptr_t fp_index = walk->fp_index;
    const uintptr_t base = walk->base;
    const uintptr_t last = walk->last;
    uint64_t hash = walk->hash;
    uint32_t count = walk->count;
    const uint32_t most = walk->most;
    uintptr_t *const frames = walk->frames;
    uint64_t body = rule ? atomic_load_explicit(&rule->body, memory_order_relaxed) : 0;
    for (;;) {
        if (count == most) {
            body = WALK_ENDS;
            break;
        }
        struct rule *next = rule_at_guess(table, body);
        if (!is_at(next, pc)) {
            next = rule_at(table, rule_home(table, pc));
            if (!is_at(next, pc)) {
                walk->rule = rule;
                next = look_up(walk, pc);
                table = walk->table;
                if (!next) {
                    walk->cut = true;
                    body = WALK_ENDS;
                    break;
                }
            } else if (UNLIKELY(walk->may_correct_guesses) && rule) {
                correct_guess(table, rule, next);
            }
        }
        rule = next;
        body = atomic_load_explicit(&rule->body, memory_order_relaxed);
        enum rule_form form = rule_form(body);
        uintptr_t cfa;
        if (form - RULE_SP <= RULE_SP_SAVES - RULE_SP) {
            cfa = sp + rule_cfa(body);
        } else if (form - RULE_FP <= RULE_FP_SAVES - RULE_FP) {
            cfa = fp + rule_cfa(body);
            if (UNLIKELY(cfa <= sp)) {
                break;
            }
            if (trace && fp_index != FP_NOTED) {
                note_fp(walk, trace, fp, fp_index);
                fp_index = FP_NOTED;
            }
        } else {
            break;
        }
        uintptr_t index = walk_index(base, cfa - 8);
        if (UNLIKELY(index > last)) {
            break;
        }
        uintptr_t caller = *(const stack_word *)(cfa - 8);
        if (form % 2 == RULE_SP_SAVES % 2) {
            uintptr_t saved_index = walk_index(base, cfa + rule_fp(body));
            if (UNLIKELY(saved_index > last)) {
                break;
            }
            fp = *(const stack_word *)(cfa + rule_fp(body));
            fp_index = saved_index;
        }
        sp = cfa;
        if (UNLIKELY(caller == 0)) {
            walk_note(walk, caller, index);
            body = WALK_ENDS;
            break;
        }
        if (trace) {
            trace->frame_words[count] = (uint32_t)index;
        }
        pc = caller;
        frames[count++] = pc;
        hash = depot_hash_step(hash, pc);
    }
    walk->rule = rule;
    walk->pc = pc;
    walk->sp = sp;
    walk->fp = fp;
    walk->fp_index = fp_index;
    walk->hash = hash;
    walk->count = count;
    return body;
}

static NOINLINE uint64_t run_tracing(struct walk *walk)
{
    return run(walk, walk->trace);
}

static NOINLINE uint64_t run_plainly(struct walk *walk)
{
    return run(walk, NULL);
}

/* A stack that breaks off may end in a word that is no program counter, any other time another. */
static void drop_garbage(struct walk *walk)
{
    if (walk->count > 1 && walk_is_garbage(walk->frames[walk->count - 1])) {
        walk->count--;
    }
    walk->hash = 0;
    for (uint32_t i = 0; i < walk->count; i++) {
        walk->hash = depot_hash_step(walk->hash, walk->frames[i]);
    }
}

void walk_stack(struct walk *walk)
{
    walk_begin(walk);
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
    walk->table = table ? table : &no_rules.table;
    for (;;) {
        uint64_t body = walk->trace ? run_tracing(walk) : run_plainly(walk);
        if (body == WALK_ENDS) {
            break;
        }
        if (rule_form(body) == RULE_NONE) { /* forgotten, with a module that lay there before */
            body = rules_learn(walk->pc);
            walk->rule = NULL;
        }
        if (!step_frame(walk, body)) {
            break;
        }
        walk_push(walk, walk->pc);
    }
    if (UNLIKELY(walk->cut)) {
        drop_garbage(walk);
    }
}

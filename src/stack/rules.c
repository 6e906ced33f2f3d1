/* Open addressing by lines: program counters of the same 64 bytes of code share a line, so that a
 * small program touches few. A table grows by a factor of two at three quarters full. A walk may
 * still be in the old one: it is emptied but for its first page, and what is not found there is
 * looked up in the new one. */
#include "stack/rules.h"

#include <assert.h>
#include <errno.h>

#include "base/align.h"
#include "os/lock.h"
#include "os/pages.h"
#include "os/panic.h"
#include "stack/guard.h"
#include "stack/learn.h"
#include "stack/store.h"

enum { FIRST_SHIFT = 64 - 8 }; /* 1,024 rules */
/* What a guess can reach. */
static const size_t most_bytes = (size_t)RULE_GUESS_MASK + 1;

static_assert(sizeof(struct rule_table) == RULE_LINE, "header fills one line");
static_assert(sizeof(struct rule) * RULES_IN_LINE == RULE_LINE, "four rules to a line");

_Atomic(struct rule_table *) rules_table;
static struct lock lock = LOCK_INIT(LOCK_LEARN);

void rules_lock(void)
{
    lock_acquire(&lock);
}

void rules_unlock(void)
{
    lock_release(&lock);
}

void rules_register_lock(void)
{
    lock_register(&lock);
}

static uint32_t capacity(const struct rule_table *table)
{
    return (uint32_t)RULES_IN_LINE << (64 - table->shift);
}

/* The rule with this key, or the free place for it. Tables are never full. */
static struct rule *place(struct rule_table *table, uintptr_t key)
{
    struct rule *end = rule_first(table) + capacity(table);
    struct rule *rule = rule_home(table, key);
    for (;;) {
        uint64_t there = atomic_load_explicit(&rule->key, memory_order_acquire);
        if (there == key || there == 0) {
            return rule;
        }
        rule = rule + 1 == end ? rule_first(table) : rule + 1;
    }
}

struct rule *rules_find(struct rule_table *table, uintptr_t key)
{
    if (UNLIKELY(!table)) {
        return NULL;
    }
    struct rule *rule = place(table, key);
    return atomic_load_explicit(&rule->key, memory_order_relaxed) == key ? rule : NULL;
}

static void put(struct rule_table *table, uintptr_t key, uint64_t body)
{
    struct rule *rule = place(table, key);
    atomic_store_explicit(&rule->body, body & RULE_LEARNED_MASK, memory_order_relaxed);
    if (atomic_load_explicit(&rule->key, memory_order_relaxed) == 0) {
        table->used++;
        atomic_store_explicit(&rule->key, key, memory_order_release);
    }
}

static void copy_known(struct rule_table *to, struct rule_table *from)
{
    for (uint32_t i = 0; i < capacity(from); i++) {
        struct rule *rule = rule_first(from) + i;
        uint64_t body = atomic_load_explicit(&rule->body, memory_order_relaxed);
        if (rule_form(body) != RULE_NONE) {
            put(to, atomic_load_explicit(&rule->key, memory_order_relaxed), body);
        }
    }
}

/* Makes room for one more rule. The table gets fuller where memory is short. */
static bool make_room_locked(void)
{
    struct rule_table *table, *old = atomic_load_explicit(&rules_table, memory_order_relaxed);
    if (old && old->used < capacity(old) / 4 * 3) {
        return true;
    }
    unsigned shift = old ? old->shift - 1 : FIRST_SHIFT;
    size_t bytes = sizeof *table + ((size_t)RULE_LINE << (64 - shift));
    table = bytes <= most_bytes ? store_take(STORE_TABLES, bytes) : NULL;
    if (!table) {
        return old && old->used < capacity(old) - capacity(old) / 8;
    }
    table->no_key = RULE_NO_KEY;
    table->shift = shift;
    if (old) {
        copy_known(table, old);
    }
    atomic_store_explicit(&rules_table, table, memory_order_release);
    if (old) {
        size_t all = sizeof *old + (size_t)capacity(old) * sizeof(struct rule);
        os_pages_discard((char *)old + OS_PAGE, align_up(all, OS_PAGE) - OS_PAGE);
    }
    return true;
}

static uint64_t known(uintptr_t key)
{
    struct rule *rule = rules_find(atomic_load_explicit(&rules_table, memory_order_acquire), key);
    return rule ? atomic_load_explicit(&rule->body, memory_order_relaxed) & RULE_LEARNED_MASK
                : RULE_NONE;
}

uint64_t rules_learn_locked(uintptr_t key)
{
    INVARIANT(lock_is_held(&lock));
    uint64_t body = known(key);
    if (rule_form(body) != RULE_NONE) {
        return body;
    }
    body = learn_rule_locked(key);
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_relaxed);
    if (rules_find(table, key) || make_room_locked()) {
        put(atomic_load_explicit(&rules_table, memory_order_relaxed), key, body);
    }
    return body;
}

uint64_t rules_learn(uintptr_t key)
{
    if (!guard_enter()) {
        return RULE_NONE;
    }
    int saved = errno;
    rules_lock();
    uint64_t body = rules_learn_locked(key);
    rules_unlock();
    errno = saved;
    guard_leave();
    return body;
}

size_t rules_forget_locked(uintptr_t start, uintptr_t end)
{
    INVARIANT(lock_is_held(&lock));
    struct rule_table *table = atomic_load_explicit(&rules_table, memory_order_relaxed);
    size_t forgotten = 0;
    for (uint32_t i = 0; table && i < capacity(table); i++) {
        struct rule *rule = rule_first(table) + i;
        uintptr_t pc =
            atomic_load_explicit(&rule->key, memory_order_relaxed) & ~((uint64_t)1 << 63);
        if (pc >= start && pc < end &&
            rule_form(atomic_load_explicit(&rule->body, memory_order_relaxed)) != RULE_NONE) {
            atomic_store_explicit(&rule->body, RULE_NONE, memory_order_relaxed);
            forgotten++;
        }
    }
    return forgotten;
}

void rules_train(struct rule_table *table, struct rule *before, const struct rule *caller)
{
    uint64_t body = atomic_load_explicit(&before->body, memory_order_relaxed);
    uint64_t guess = rule_guess(table, caller);
    uint64_t trust = body >> RULE_TRUST_SHIFT & RULE_TRUST_MOST;
    if ((body & RULE_GUESS_MASK) == guess) {
        trust += trust < RULE_TRUST_MOST;
    } else if (trust > 0) {
        guess = body & RULE_GUESS_MASK;
        trust--;
    }
    uint64_t trained = (body & RULE_LEARNED_MASK) | guess | trust << RULE_TRUST_SHIFT;
    if (trained != body &&
        body != RULE_NONE) { /* by exchange: a rule forgotten meanwhile stays so */
        atomic_compare_exchange_strong_explicit(&before->body, &body, trained, memory_order_relaxed,
                                                memory_order_relaxed);
    }
}

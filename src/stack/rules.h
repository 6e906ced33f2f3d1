/* All frame rules, by program counter. Looked up without a lock; learned under LOCK_LEARN, which a
 * thread holds while it is inside libunwind, so that no fork happens then.
 *
 * A rule's guess is the place of the rule that its caller mostly has: a walk then need not wait for
 * the return address to be read and hashed, only to be compared. It is a hint, wrong or 0 without
 * harm. */
#ifndef STACK_RULES_H
#define STACK_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/rule.h"

/* Lies in the first line of a table's memory; rules follow, four to a line, the lines a power of
 * two. */
struct rule_table {
    uint64_t no_key; /* RULE_NO_KEY: where guess 0 leads, and finds no rule */
    uint32_t shift;  /* leaves the number of a line of a 64-bit hash */
    uint32_t used;   /* under LOCK_LEARN */
    uint64_t unused[6];
};

#define RULE_NO_KEY UINT64_MAX

enum { RULES_IN_LINE = 4, RULE_LINE = 64 };

extern _Atomic(struct rule_table *) rules_table; /* NULL before the first rule */

/* A guess is the place's distance from the table in units of 16 bytes, a rule's size, and stands in
 * the body four bits up: masked, it is the distance in bytes. */
static ALWAYS_INLINE struct rule *rule_at_guess(struct rule_table *table, uint64_t body)
{
    return (struct rule *)(void *)((char *)table + (body & RULE_GUESS_MASK));
}

static inline uint64_t rule_guess(const struct rule_table *table, const struct rule *rule)
{
    return (uint64_t)((const char *)rule - (const char *)table);
}

static ALWAYS_INLINE struct rule *rule_first(struct rule_table *table)
{
    return (struct rule *)(void *)(table + 1);
}

/* Where a key is looked for first; from there on, in order. Its line is chosen by the 64 bytes of
 * code it is in (Fibonacci hashing: 2^64 over the golden ratio), the place there by the 16. */
static ALWAYS_INLINE struct rule *rule_home(struct rule_table *table, uintptr_t key)
{
    enum { CODE_BITS = 6 };
    uint64_t line = (key >> CODE_BITS) * 0x9e3779b97f4a7c15u >> table->shift;
    uintptr_t place = key & (RULE_LINE - sizeof(struct rule));
    return (struct rule *)(void *)((char *)rule_first(table) + (line * RULE_LINE | place));
}

/* Tells a rule's guess what the caller's rule was this time. The guess keeps to what comes most
 * often. */
void rules_train(struct rule_table *table, struct rule *before, const struct rule *caller);

/* NULL if not there. The body found may be RULE_NONE. */
struct rule *rules_find(struct rule_table *table, uintptr_t key);

/* The rule's body, learned now unless another thread has done so. RULE_NONE where that cannot be:
 * in a signal handler that interrupted learning. Keeps errno. */
uint64_t rules_learn(uintptr_t key);
uint64_t rules_learn_locked(uintptr_t key);

/* Forgets the rules of a range of addresses; returns how many there were. */
size_t rules_forget_locked(uintptr_t start, uintptr_t end);

void rules_lock(void);
void rules_unlock(void);
void rules_register_lock(void);

#endif

#include "stack/irregular.h"

#include <errno.h>
#include <stddef.h>

#include "stack/guard.h"
#include "stack/rules.h"
#include "stack/stack.h"
#include "stack/unwinder.h"

/* What libunwind's callbacks get. */
struct journey {
    struct unwinder_context context;
    struct walk *walk;
};

static unw_addr_space_t real;

/* Tables of the module in hand first: they are no part of the stack. */
static int read_memory(unw_addr_space_t space UNUSED, unw_word_t at, unw_word_t *value, int write,
                       void *argument)
{
    struct journey *journey = argument;
    if (write) {
        return -UNW_EINVAL;
    }
    if (unwinder_read_table(&journey->context, at, value) == 0) {
        return 0;
    }
    return at >= journey->walk->site->sp && walk_fetch(journey->walk, at, value) ? 0 : -UNW_EINVAL;
}

/* The other registers are not known at the start; libunwind finds those that frames have saved. */
static int read_register(unw_addr_space_t space UNUSED, unw_regnum_t reg, unw_word_t *value,
                         int write, void *argument)
{
    struct walk *walk = ((struct journey *)argument)->walk;
    const struct call_site *site = walk->site;
    if (write) {
        return -UNW_EBADREG;
    }
    switch (reg) {
    case UNW_X86_64_RIP:
        *value = stack_lookup_address(site->pc);
        return 0;
    case UNW_X86_64_RSP:
        *value = site->sp;
        return 0;
    case UNW_X86_64_RBP:
        *value = site->fp;
        walk->used_fp = true;
        return 0;
    default:
        return -UNW_EBADREG;
    }
}

bool irregular_start(void)
{
    real = unwinder_space(read_memory, read_register);
    return real != NULL;
}

static void follow(struct walk *walk, unw_cursor_t *cursor)
{
    uintptr_t key = walk->pc;
    while (walk->count < walk->most) {
        bool is_signal = rule_form(rules_learn_locked(key)) == RULE_SIGNAL;
        int result = unwinder.step(cursor);
        unw_word_t pc;
        if (result < 0 || unwinder.get_reg(cursor, UNW_REG_IP, &pc) < 0) {
            walk->cut = true;
            return;
        }
        if (result == 0 || walk_is_garbage(pc)) {
            walk->cut = result != 0;
            return;
        }
        key = is_signal ? pc | STACK_EXACT : pc;
        walk_push(walk, key);
    }
}

void irregular_walk(struct walk *walk)
{
    struct journey journey = {.walk = walk};
    unw_cursor_t cursor;
    if (!guard_enter()) {
        walk->cut = true;
        return;
    }
    int saved = errno;
    walk_begin(walk);
    rules_lock();
    if (unwinder.init_remote(&cursor, real, &journey) == 0) {
        follow(walk, &cursor);
    } else {
        walk->cut = true;
    }
    rules_unlock();
    errno = saved;
    guard_leave();
}

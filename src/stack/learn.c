/* The made-up stack lies around two addresses that no process has, one for RSP and one for RBP. A
 * read there is answered with the address itself and a tag; a read at such an answer with a second
 * tag. So each value that comes out of a step says: this register plus so much, or what was found
 * there, or what was found at what was found there. */
#include "stack/learn.h"

#include <stddef.h>

#include "os/signals.h"
#include "stack/guard.h"
#include "stack/module_list.h"
#include "stack/rule.h"
#include "stack/stack.h"
#include "stack/unwinder.h"

#define FAKE_RSP 0x4000000000000000u
#define FAKE_RBP 0x5000000000000000u
#define TAG_ONCE 0x2000000000000000u   /* found at a made-up address */
#define TAG_TWICE 0x0800000000000000u  /* found at such a find */
#define FAKE_OTHER 0x3000000000000000u /* registers no rule can use */
#define FAKE_SPAN ((uint64_t)1 << 40)  /* either side of an address; offsets are smaller */

struct lesson {
    struct unwinder_context context;
    uint64_t ip;
};

static unw_addr_space_t made_up;

/* A value that came out of a step. */
struct origin {
    enum { UNKNOWN, REGISTER, FOUND, FOUND_TWICE } kind;
    enum { RSP, RBP } reg;
    int64_t offset;
};

static bool is_near(uint64_t value, uint64_t middle)
{
    return value - middle + FAKE_SPAN < 2 * FAKE_SPAN;
}

static struct origin origin_of(uint64_t value)
{
    static const uint64_t tags[] = {0, TAG_ONCE, TAG_ONCE | TAG_TWICE};
    for (unsigned i = 0; i < 3; i++) {
        uint64_t rsp = FAKE_RSP | tags[i];
        uint64_t rbp = FAKE_RBP | tags[i];
        if (is_near(value, rsp)) {
            return (struct origin){REGISTER + i, RSP, (int64_t)(value - rsp)};
        }
        if (is_near(value, rbp)) {
            return (struct origin){REGISTER + i, RBP, (int64_t)(value - rbp)};
        }
    }
    return (struct origin){UNKNOWN, RSP, 0};
}

/* Tables first, which is most of what is read, and never made up. */
static int read_memory(unw_addr_space_t space UNUSED, unw_word_t at, unw_word_t *value, int write,
                       void *argument)
{
    struct lesson *lesson = argument;
    if (write) {
        return -UNW_EINVAL;
    }
    if (LIKELY(unwinder_read_table(&lesson->context, at, value) == 0)) {
        return 0;
    }
    switch (origin_of(at).kind) {
    case REGISTER:
        *value = at + TAG_ONCE;
        return 0;
    case FOUND:
        *value = at + TAG_TWICE;
        return 0;
    case FOUND_TWICE:
    case UNKNOWN:
        break;
    }
    return -UNW_EINVAL;
}

static int read_register(unw_addr_space_t space UNUSED, unw_regnum_t reg, unw_word_t *value,
                         int write, void *argument)
{
    struct lesson *lesson = argument;
    if (write) {
        return -UNW_EINVAL;
    }
    switch (reg) {
    case UNW_X86_64_RIP:
        *value = lesson->ip;
        break;
    case UNW_X86_64_RSP:
        *value = FAKE_RSP;
        break;
    case UNW_X86_64_RBP:
        *value = FAKE_RBP;
        break;
    default:
        *value = FAKE_OTHER + (uint64_t)reg * 2 * FAKE_SPAN;
    }
    return 0;
}

bool learn_start(void)
{
    made_up = unwinder_space(read_memory, read_register);
    return made_up != NULL;
}

static uint64_t pack(enum rule_form form, int64_t cfa_bytes, int64_t fp_bytes)
{
    return rule_fits(cfa_bytes, fp_bytes) ? rule_pack(form, cfa_bytes, fp_bytes)
                                          : rule_pack(RULE_IRREGULAR, 0, 0);
}

/* CFA is a register and a constant. */
static uint64_t plain_rule(struct origin cfa, struct origin ip, struct origin fp)
{
    bool below = ip.kind == FOUND && ip.reg == cfa.reg && ip.offset == cfa.offset - 8;
    bool rises = cfa.reg == RBP || cfa.offset >= 8; /* of RBP, the walk makes sure */
    bool kept = fp.kind == REGISTER && fp.reg == RBP && fp.offset == 0;
    bool saved = fp.kind == FOUND && fp.reg == cfa.reg;
    if (!below || !rises || !(kept || saved)) {
        return rule_pack(RULE_IRREGULAR, 0, 0);
    }
    if (kept) {
        return pack(cfa.reg == RSP ? RULE_SP : RULE_FP, cfa.offset, 0);
    }
    int64_t saved_at = fp.offset - cfa.offset;
    if (cfa.reg == RSP) {
        bool inside = fp.offset >= 0 && saved_at <= RULE_FP_IN_FRAME;
        return pack(inside ? RULE_SP_SAVES : RULE_SP_SAVES_ANYWHERE, cfa.offset, saved_at);
    }
    return pack(saved_at == RULE_FP_IN_FRAME ? RULE_FP_SAVES : RULE_FP_SAVES_ANYWHERE, cfa.offset,
                saved_at);
}

/* CFA was found in memory. */
static uint64_t found_rule(struct origin cfa, struct origin ip, struct origin fp)
{
    if (fp.kind != FOUND || fp.reg != cfa.reg) {
        return rule_pack(RULE_IRREGULAR, 0, 0);
    }
    if (cfa.reg == RBP && ip.kind == FOUND_TWICE && ip.reg == RBP && ip.offset == cfa.offset - 8) {
        return pack(RULE_REALIGNED, cfa.offset, fp.offset);
    }
    if (cfa.reg == RSP && ip.kind == FOUND && ip.reg == RSP && ip.offset == cfa.offset + 8) {
        return pack(RULE_SIGNAL, cfa.offset, fp.offset);
    }
    return rule_pack(RULE_IRREGULAR, 0, 0);
}

static uint64_t rule_after_step(unw_cursor_t *cursor)
{
    unw_word_t ip, cfa, fp;
    if (unwinder.get_reg(cursor, UNW_REG_IP, &ip) < 0 ||
        unwinder.get_reg(cursor, UNW_REG_SP, &cfa) < 0 ||
        unwinder.get_reg(cursor, UNW_X86_64_RBP, &fp) < 0) {
        return rule_pack(RULE_IRREGULAR, 0, 0);
    }
    struct origin from = origin_of(cfa);
    switch (from.kind) {
    case REGISTER:
        return plain_rule(from, origin_of(ip), origin_of(fp));
    case FOUND:
        return found_rule(from, origin_of(ip), origin_of(fp));
    default:
        return rule_pack(RULE_IRREGULAR, 0, 0);
    }
}

static uint64_t learn(uintptr_t key)
{
    /* A call may be the last instruction of its function: what counts is where it was made. */
    struct lesson lesson = {.ip = (key & STACK_EXACT) ? key & STACK_PC_MASK : key - 1};
    unw_cursor_t cursor;
    struct module_place place;
    if (module_locate(lesson.ip, &place)) {
        module_note_locked(&place);
    }
    if (!made_up || unwinder.init_remote(&cursor, made_up, &lesson) < 0) {
        return rule_pack(RULE_NO_INFO, 0, 0);
    }
    int result = unwinder.step(&cursor);
    if (lesson.context.no_info) {
        /* libunwind knows PLT entries by their looks; its other guesses are not taken. */
        uint64_t rule = result > 0 ? rule_after_step(&cursor) : RULE_NO_INFO;
        return rule_form(rule) == RULE_SP ? rule : rule_pack(RULE_NO_INFO, 0, 0);
    }
    if (result < 0) {
        return rule_pack(RULE_IRREGULAR, 0, 0);
    }
    return result == 0 ? rule_pack(RULE_END, 0, 0) : rule_after_step(&cursor);
}

uint64_t learn_rule_locked(uintptr_t key)
{
    struct os_signal_mask before;
    os_signals_hold_all(&before);
    stack_holds_signals = true;
    uint64_t rule = learn(key);
    stack_holds_signals = false;
    os_signals_restore(&before);
    return rule;
}

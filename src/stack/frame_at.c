/* A walk that reads words of a copy at their old addresses, and remembers nothing: see walk.h for
 * the one that is in a hurry. */
#include "stack/frame_at.h"

#include <stdbool.h>

#include "stack/module_list.h"
#include "stack/rules.h"
#include "stack/stack.h"
#include "stack/walk.h"

enum { FRAMES_MOST = 64 * 1024 };

static bool fetch(const struct stack_copy *copy, uintptr_t at, uintptr_t *value)
{
    uintptr_t distance = at - copy->site.sp;
    if (distance % sizeof *value != 0 || distance / sizeof *value >= copy->count) {
        return false;
    }
    *value = copy->words[distance / sizeof *value];
    return true;
}

static bool step_plain(const struct stack_copy *copy, uint64_t body, bool by_fp, bool saves,
                       struct call_site *frame)
{
    frame->sp = (by_fp ? frame->fp : frame->sp) + rule_cfa(body);
    return (!saves || fetch(copy, frame->sp + rule_fp(body), &frame->fp)) &&
           fetch(copy, frame->sp - sizeof frame->sp, &frame->pc);
}

static bool step_realigned(const struct stack_copy *copy, uint64_t body, struct call_site *frame)
{
    uintptr_t base = frame->fp;
    if (!fetch(copy, base + rule_cfa(body), &frame->sp) ||
        !fetch(copy, base + rule_fp(body), &frame->fp)) {
        return false;
    }
    return fetch(copy, frame->sp - sizeof frame->sp, &frame->pc);
}

static bool step_signal(const struct stack_copy *copy, uint64_t body, struct call_site *frame)
{
    uintptr_t saved = frame->sp + rule_cfa(body), pc;
    if (!fetch(copy, frame->sp + rule_fp(body), &frame->fp) || !fetch(copy, saved, &frame->sp) ||
        !fetch(copy, saved + sizeof pc, &pc)) {
        return false;
    }
    frame->pc = pc | STACK_EXACT;
    return true;
}

/* Code without unwind information: by frame pointer, where that leads to code of a module. */
static bool step_unknown(const struct stack_copy *copy, struct call_site *frame)
{
    struct module_place place;
    uintptr_t base = frame->fp;
    if (base < frame->sp || !fetch(copy, base, &frame->fp) ||
        !fetch(copy, base + sizeof base, &frame->pc)) {
        return false;
    }
    frame->sp = base + 2 * sizeof base;
    return module_locate(frame->pc, &place);
}

/* To the caller's frame. Where only its stack pointer can be told, that is set all the same. */
static bool step(const struct stack_copy *copy, uint64_t body, struct call_site *frame)
{
    switch (rule_form(body)) {
    case RULE_SIGNAL:
        return step_signal(copy, body, frame);
    case RULE_REALIGNED:
        return step_realigned(copy, body, frame);
    case RULE_NO_INFO:
        return step_unknown(copy, frame);
    case RULE_SP:
        return step_plain(copy, body, false, false, frame);
    case RULE_SP_SAVES:
    case RULE_SP_SAVES_ANYWHERE:
        return step_plain(copy, body, false, true, frame);
    case RULE_FP:
        return step_plain(copy, body, true, false, frame);
    case RULE_FP_SAVES:
    case RULE_FP_SAVES_ANYWHERE:
        return step_plain(copy, body, true, true, frame);
    default:
        return false;
    }
}

uintptr_t stack_frame_at(const struct stack_copy *copy, uintptr_t place)
{
    struct call_site frame = copy->site;
    for (unsigned i = 0; i < FRAMES_MOST && !walk_is_garbage(frame.pc); i++) {
        struct call_site caller = frame;
        uint64_t body = rules_learn(frame.pc);
        if (rule_form(body) == RULE_END) {
            return frame.pc;
        }
        bool known = step(copy, body, &caller);
        if (caller.sp > frame.sp && place < caller.sp) {
            return frame.pc;
        }
        if (!known || caller.sp <= frame.sp) {
            return 0;
        }
        frame = caller;
    }
    return 0;
}

#include "stack/step.h"

#include "os/pages.h"
#include "stack/irregular.h"
#include "stack/module_list.h"
#include "stack/stack.h"

/* Where the kernel put argc. */
extern void *__libc_stack_end;

/* The loader's own start has no unwind information that says so: nothing called it. */
static bool is_first_frame(const struct walk *walk)
{
    return walk->sp - (uintptr_t)__libc_stack_end < OS_PAGE;
}

static bool cut(struct walk *walk)
{
    walk->cut = !is_first_frame(walk);
    return false;
}

/* A frame is computed from RBP: the word it was read from belongs to the trace. */
static void settle_fp(struct walk *walk)
{
    if (walk->fp_at == FP_OF_SITE) {
        walk->used_fp = true;
    } else if (walk->fp_at != FP_NOTED) {
        walk_note(walk, walk->fp, walk->fp_at - walk->base);
    }
    walk->fp_at = FP_NOTED;
}

/* The return address was found below `cfa`. */
static bool move_up(struct walk *walk, uintptr_t cfa)
{
    uintptr_t caller;
    if (cfa <= walk->sp || !walk_fetch(walk, cfa - 8, &caller)) {
        return cut(walk);
    }
    walk->sp = cfa;
    walk->pc = caller;
    return caller != 0;
}

static bool read_fp(struct walk *walk, uintptr_t at)
{
    walk->fp_at = at;
    return walk_peek(walk, at, &walk->fp) || cut(walk);
}

static bool step_by_sp(struct walk *walk, uint64_t body, bool saves)
{
    uintptr_t cfa = walk->sp + rule_cfa(body);
    return move_up(walk, cfa) && (!saves || read_fp(walk, cfa + rule_fp(body)));
}

static bool step_by_fp(struct walk *walk, uint64_t body, bool saves)
{
    settle_fp(walk);
    uintptr_t cfa = walk->fp + rule_cfa(body);
    return move_up(walk, cfa) && (!saves || read_fp(walk, cfa + rule_fp(body)));
}

static bool step_realigned(struct walk *walk, uint64_t body)
{
    settle_fp(walk);
    uintptr_t frame = walk->fp;
    uintptr_t cfa;
    if (!walk_fetch(walk, frame + rule_cfa(body), &cfa)) {
        return cut(walk);
    }
    return move_up(walk, cfa) && read_fp(walk, frame + rule_fp(body));
}

/* To the interrupted frame, which may lie on another stack. */
static bool step_signal(struct walk *walk, uint64_t body)
{
    uintptr_t saved = walk->sp + rule_cfa(body);
    uintptr_t sp, pc;
    if (!walk_fetch(walk, saved, &sp) || !walk_fetch(walk, saved + 8, &pc) ||
        !read_fp(walk, walk->sp + rule_fp(body)) || sp % 8 != 0) {
        return cut(walk);
    }
    if (sp <= walk->sp || !walk_sees(walk, sp)) {
        walk_close_window(walk); /* what can be read there is asked anew */
    }
    walk->sp = sp;
    walk->pc = pc | STACK_EXACT;
    return pc != 0;
}

/* Code without unwind information, such as a compiler made at run time, calls code that has it, or
 * its own kind. */
static bool is_caller(uintptr_t pc, uintptr_t of)
{
    enum { NEAR = 128 * 1024 * 1024 }; /* largest range such compilers use */
    struct module_place place;
    uintptr_t distance = pc > of ? pc - of : of - pc;
    return module_locate(pc, &place) || (!module_locate(of, &place) && distance < NEAR);
}

/* By frame pointer, where it looks like one: above the stack pointer, on the same stack, and with
 * the address of code next to it. */
static bool step_unknown(struct walk *walk)
{
    enum { MOST_FRAME_BYTES = 16 * 1024 * 1024 };
    uintptr_t frame = walk->fp;
    if (frame < walk->sp || frame - walk->sp > MOST_FRAME_BYTES) {
        return cut(walk);
    }
    settle_fp(walk);
    uintptr_t callee = walk->pc & STACK_PC_MASK;
    if (!move_up(walk, frame + 16)) {
        return false;
    }
    if (walk_is_garbage(walk->pc) || !is_caller(walk->pc, callee)) {
        return cut(walk);
    }
    return read_fp(walk, frame);
}

bool step_frame(struct walk *walk, uint64_t body)
{
    switch (rule_form(body)) {
    case RULE_SP:
        return step_by_sp(walk, body, false);
    case RULE_SP_SAVES:
    case RULE_SP_SAVES_ANYWHERE:
        return step_by_sp(walk, body, true);
    case RULE_FP:
        return step_by_fp(walk, body, false);
    case RULE_FP_SAVES:
    case RULE_FP_SAVES_ANYWHERE:
        return step_by_fp(walk, body, true);
    case RULE_REALIGNED:
        return step_realigned(walk, body);
    case RULE_SIGNAL:
        return step_signal(walk, body);
    case RULE_NO_INFO:
        return step_unknown(walk);
    case RULE_IRREGULAR:
        irregular_walk(walk);
        return false;
    case RULE_END:
        return false;
    case RULE_NONE:
        break;
    }
    return cut(walk);
}

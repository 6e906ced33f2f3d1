#include "report/trace.h"

#include <string.h>

#include "os/own.h"
#include "report/symbols.h"
#include "report/words.h"
#include "stack/module_list.h"
#include "stack/modules.h"
#include "stack/stack.h"

/* One entry of a stored stack: its module, or NULL, and the address in the module's terms. Where
 * stacks are not walked, or before the first look at the modules, nobody has met it. */
static const struct module *locate(const struct stack_view *view, uint32_t at, uint64_t *offset)
{
    uintptr_t address = stack_lookup_address(view->frames[at]);
    const struct module *module = module_find(address, view->epoch);
    module = module ? module : module_find_now(address);
    *offset = module ? address - module->bias : address;
    return module;
}

static void want(const struct stack_view *view)
{
    for (uint32_t i = 0; i < view->count; i++) {
        uint64_t offset;
        const struct module *module = locate(view, i, &offset);
        if (module) {
            symbols_want(module, offset);
        }
    }
}

void trace_want(uint32_t stack)
{
    struct stack_view view = stack_view(stack);
    want(&view);
}

static struct stack_view alone(const uintptr_t *frame)
{
    return (struct stack_view){.frames = frame, .count = *frame != 0, .epoch = module_epoch()};
}

void trace_want_frame(uintptr_t frame)
{
    struct stack_view view = alone(&frame);
    want(&view);
}

static bool own_is_apart;

void trace_own_is_apart(void)
{
    own_is_apart = true;
}

static bool is_ours(const struct module *module)
{
    uintptr_t here = (uintptr_t)is_ours;
    return own_is_apart && here >= module->start && here < module->end;
}

static bool is_inside_ours(const struct stack_view *view, uint32_t at)
{
    uint64_t offset;
    const struct module *outer = at + 1 < view->count ? locate(view, at + 1, &offset) : NULL;
    return outer && is_ours(outer);
}

/* Of our own code only what the program called matters, under the name of the C library's function
 * that it stands for (interpose/libc/check.h names the second half of such a one). */
static void name_plainly(const struct symbol_lines *lines, struct frame *out)
{
    static const char second_half[] = "judged_";
    const char *function = lines->lines[lines->count - 1].function;
    bool is_half = function && strncmp(function, second_half, sizeof second_half - 1) == 0;
    out->function = is_half ? function + sizeof second_half - 1 : function;
}

/* The lines of one entry; how many. Only counts when `out` is NULL. */
static uint32_t expand(const struct stack_view *view, uint32_t at, struct frame *out, uint32_t room)
{
    uint64_t offset;
    const struct module *module = locate(view, at, &offset);
    const struct symbol_lines *lines = module ? symbols_find(module, offset) : NULL;
    bool plainly = lines && is_ours(module);
    if (plainly && is_inside_ours(view, at)) {
        return 0;
    }
    uint32_t count = lines && !plainly ? lines->count : 1;
    for (uint32_t i = 0; out && i < count && i < room; i++) {
        out[i] = (struct frame){.offset = offset};
        if (module) {
            out[i].module = module->path;
            out[i].build_id = module->build_id;
            out[i].build_id_length = module->build_id_length;
        }
        if (plainly) {
            name_plainly(lines, &out[i]);
        } else if (lines) {
            out[i].function = lines->lines[i].function;
            out[i].linkage = lines->lines[i].linkage;
            out[i].file = lines->lines[i].file;
            out[i].line = lines->lines[i].line;
            out[i].inlined = lines->lines[i].inlined;
        }
    }
    return count;
}

static struct trace build(const struct stack_view *view, struct frame spare[TRACE_SPARE_FRAMES])
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < view->count; i++) {
        lines += expand(view, i, NULL, 0);
    }
    struct frame *frames = lines ? own_alloc(lines * sizeof *frames) : NULL;
    if (!frames) {
        frames = spare;
        lines = frames && lines > TRACE_SPARE_FRAMES ? TRACE_SPARE_FRAMES : lines;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; frames && i < view->count && count < lines; i++) {
        count += expand(view, i, frames + count, lines - count);
    }
    return (struct trace){frames, count < lines ? count : lines};
}

struct trace trace_build(uint32_t stack, struct frame spare[TRACE_SPARE_FRAMES])
{
    struct stack_view view = stack_view(stack);
    return build(&view, spare);
}

void trace_free(struct trace *trace, const struct frame spare[TRACE_SPARE_FRAMES])
{
    if (trace->frames && trace->frames != spare) {
        own_free((void *)(uintptr_t)trace->frames, trace->count * sizeof *trace->frames);
    }
    *trace = (struct trace){0};
}

bool trace_own_line(uintptr_t frame, struct frame *out)
{
    struct stack_view view = alone(&frame);
    struct trace trace = build(&view, NULL);
    if (trace.count == 0) {
        return false;
    }
    *out = trace.frames[trace.count - 1];
    trace_free(&trace, NULL);
    return true;
}

void trace_frame_text(struct strbuf *out, const struct frame *frame)
{
    if (frame->function) {
        words_safe(out, frame->function);
        strbuf_char(out, ' ');
    }
    if (frame->file) {
        words_safe(out, frame->file);
        if (frame->line > 0) {
            strbuf_printf(out, ":%u", frame->line);
        }
        strbuf_char(out, ' ');
    }
    strbuf_char(out, '(');
    if (frame->module) { /* in full where the reader has nothing else to go by */
        words_safe(out, frame->function ? words_base_name(frame->module) : frame->module);
        strbuf_char(out, '+');
    }
    strbuf_printf(out, "0x%lx)", (unsigned long)frame->offset);
}

void trace_text(struct strbuf *out, const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->count; i++) {
        strbuf_printf(out, "    #%u ", i);
        trace_frame_text(out, &trace->frames[i]);
        strbuf_char(out, '\n');
        const char *function = trace->frames[i].function;
        if (function && strcmp(function, "main") == 0) {
            break; /* libc's start-up below it helps nobody */
        }
    }
}

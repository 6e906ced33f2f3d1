#include "report/now_why.h"

#include "alloc/lookup.h"
#include "inspect/address.h"
#include "os/io.h"
#include "os/threads.h"
#include "report/document.h"
#include "report/json.h"
#include "report/output.h"
#include "report/report.h"
#include "report/symbols.h"
#include "report/trace.h"
#include "report/words.h"
#include "stack/modules.h"
#include "stack/stack.h"

enum { STEPS_WITH_STACKS = 8 }; /* of a longer way the first ones, and the block in question */

struct question {
    struct strbuf *out; /* NULL: where the report goes */
    enum now_form form;
    uintptr_t address;
    const struct leak_path *path;
};

static const char *root_word(enum leak_root root)
{
    static const char *const words[] = {
        [ROOT_NONE] = "none",     [ROOT_MODULE] = "module",       [ROOT_STACK] = "stack",
        [ROOT_TLS] = "thread",    [ROOT_REGISTERS] = "registers", [ROOT_MAPPING] = "mapping",
        [ROOT_REGION] = "region", [ROOT_KEPT] = "kept",
    };
    return words[root];
}

static const struct leak_step *last_step(const struct leak_path *path)
{
    return &path->steps[path->count - 1];
}

static bool shows_stack(const struct leak_path *path, size_t step)
{
    return step < STEPS_WITH_STACKS || step + 1 == path->count;
}

/* The module whose variable the root's pointer is in, and what to ask of it; NULL: of none. */
static const struct module *variable_place(const struct leak_path *path, uint64_t *offset)
{
    const struct module *module = NULL;
    if (path->root == ROOT_MODULE) {
        module = module_find_now(path->place);
        *offset = module ? path->place - module->bias : 0;
    } else if (path->root == ROOT_TLS && path->tls_module != 0) {
        module = module_find_now(path->tls_module);
        *offset = path->file_offset | SYMBOLS_THREAD_LOCAL;
    }
    return module;
}

/* NULL: it has no name. */
static const char *variable(const struct leak_path *path)
{
    uint64_t offset;
    const struct module *module = variable_place(path, &offset);
    const struct symbol_lines *lines = module ? symbols_find(module, offset) : NULL;
    return lines ? lines->lines[0].function : NULL;
}

static void fetch_names(const struct leak_path *path)
{
    uint64_t offset;
    const struct module *module = variable_place(path, &offset);
    if (module) {
        symbols_want(module, offset);
    }
    trace_want_frame(path->frame);
    for (size_t i = 0; i < path->count; i++) {
        if (shows_stack(path, i)) {
            trace_want(path->steps[i].alloc_stack);
        }
    }
    symbols_fetch();
}

static void of_thread(struct strbuf *out, int tid)
{
    if (tid <= 0) {
        return;
    }
    char name[16];
    os_thread_name(tid, name);
    strbuf_printf(out, " of thread %d", tid);
    if (name[0]) {
        strbuf_str(out, " (");
        words_safe(out, name);
        strbuf_char(out, ')');
    }
}

static void in_frame(struct strbuf *out, uintptr_t frame)
{
    struct frame line;
    if (trace_own_line(frame, &line)) {
        strbuf_str(out, ", in the frame of ");
        trace_frame_text(out, &line);
    }
}

static void thread_local_text(struct strbuf *out, const struct leak_path *path)
{
    const char *name = variable(path);
    strbuf_str(out, name ? "the thread-local variable " : "thread-local data");
    if (name) {
        words_safe(out, name);
    }
    if (path->tls_module != 0) {
        strbuf_str(out, " (");
        words_safe(out, words_base_name(path->file));
        strbuf_printf(out, ", 0x%lx in its thread-local storage)",
                      (unsigned long)path->file_offset);
    }
    of_thread(out, path->tid);
}

static void root_text(struct strbuf *out, const struct leak_path *path)
{
    strbuf_str(out, "  Held by ");
    switch (path->root) {
    case ROOT_MODULE:
        strbuf_str(out, variable(path) ? "the variable " : "data of ");
        if (variable(path)) {
            words_safe(out, variable(path));
            strbuf_str(out, " (");
        }
        words_safe(out, variable(path) ? words_base_name(path->file) : path->file);
        strbuf_printf(out, "+0x%lx%s", (unsigned long)path->file_offset, variable(path) ? ")" : "");
        break;
    case ROOT_STACK:
        strbuf_str(out, "the stack");
        of_thread(out, path->tid);
        in_frame(out, path->frame);
        if ((intptr_t)path->offset >= 0) { /* else in the red zone below */
            strbuf_printf(out, ", %zu bytes above its stack pointer", path->offset);
        }
        break;
    case ROOT_TLS:
        thread_local_text(out, path);
        break;
    case ROOT_REGISTERS:
        strbuf_str(out, "a register");
        of_thread(out, path->tid);
        break;
    case ROOT_MAPPING:
        strbuf_printf(out, "memory at 0x%lx", (unsigned long)path->place);
        if (path->file[0]) {
            strbuf_str(out, path->file[0] == '/' ? ", mapped from " : ", in the mapping ");
            words_safe(out, path->file);
        }
        break;
    case ROOT_REGION:
        strbuf_printf(out, "a declared root region, at 0x%lx", (unsigned long)path->place);
        break;
    case ROOT_KEPT:
        strbuf_str(out, "no pointer (the first block is ignored, inherited from a parent, the "
                        "loader's own, or a stack in use)");
        break;
    case ROOT_NONE:
        break;
    }
    strbuf_str(out, ":\n");
}

static void step_text(struct strbuf *out, const struct leak_path *path, size_t at)
{
    const struct leak_step *step = &path->steps[at];
    bool is_last = at + 1 == path->count;
    strbuf_printf(out, "  -> %zu-byte block at 0x%lx", step->size_bytes,
                  (unsigned long)step->address);
    if (step->into > 0) {
        strbuf_printf(out, ", pointed to at its byte %zu", step->into);
    }
    if (!is_last) {
        strbuf_printf(out, ", and at its byte %zu stands a pointer", step->offset);
    }
    struct trace trace = {0};
    if (at > 0 && step[-1].alloc_stack == step->alloc_stack && step->alloc_stack != STACK_NONE) {
        strbuf_str(out, ", allocated at the same place\n");
        return;
    }
    if (shows_stack(path, at)) {
        trace = trace_build(step->alloc_stack, NULL);
    }
    strbuf_str(out, trace.count > 0 ? ", allocated at:\n" : "\n");
    trace_text(out, &trace);
    trace_free(&trace, NULL);
}

static void no_block_text(struct strbuf *out, uintptr_t address)
{
    struct block_info block;
    strbuf_str(out, "in no live block: it is ");
    if (block_find(address, &block) && block.state == BLOCK_FREED) {
        strbuf_str(out, "in ");
        words_a_block(out, &block);
    } else {
        address_describe(out, address);
    }
    strbuf_char(out, '\n');
}

static void trouble_text(struct strbuf *out, const struct leak_path *path)
{
    strbuf_str(out, "unknown to the scan, which did not come to an end: ");
    if (path->trouble == LEAKS_CRASHED) {
        strbuf_printf(out, "it died of signal %d\n", path->signal);
    } else {
        strbuf_str(out, path->trouble == LEAKS_TIMED_OUT ? "it took too long\n" : "no memory\n");
    }
}

static void why_text(struct strbuf *out, uintptr_t address, const struct leak_path *path)
{
    strbuf_printf(out, "==%d== coalmine: 0x%lx is ", os_pid(), (unsigned long)address);
    if (path->failed) {
        trouble_text(out, path);
        return;
    }
    if (!path->is_block) {
        no_block_text(out, address);
        return;
    }
    const struct leak_step *block = last_step(path);
    if (address != block->address) {
        words_place(out, (ptrdiff_t)(address - block->address), block->size_bytes, " of");
        strbuf_char(out, ' ');
    }
    strbuf_printf(out, "a live %zu-byte block%s\n", block->size_bytes,
                  path->root == ROOT_NONE ? " that nothing points to any more" : "");
    if (path->root != ROOT_NONE) {
        root_text(out, path);
    }
    for (size_t i = 0; i < path->count; i++) {
        if (path->length > path->count && i + 1 == path->count) {
            strbuf_printf(out, "  … %zu more blocks\n", path->length - path->count);
        }
        step_text(out, path, i);
    }
}

static void step_json(struct json *json, const struct leak_path *path, size_t at)
{
    const struct leak_step *step = &path->steps[at];
    json_open(json, '{');
    json_name(json, "address");
    json_address(json, step->address);
    json_unsigned_at(json, "size", step->size_bytes);
    json_unsigned_at(json, "into", step->into);
    if (at + 1 < path->count) {
        json_unsigned_at(json, "offset", step->offset);
    }
    if (shows_stack(path, at)) {
        struct trace trace = trace_build(step->alloc_stack, NULL);
        document_stack(json, &trace);
        trace_free(&trace, NULL);
    }
    json_close(json, '}');
}

static void frame_json(struct json *json, uintptr_t frame)
{
    struct frame line;
    if (trace_own_line(frame, &line)) {
        json_name(json, "frame");
        document_frame(json, &line);
    }
}

static void root_json(struct json *json, const struct leak_path *path)
{
    bool of_module = path->root == ROOT_MODULE || path->tls_module != 0;
    json_open_at(json, "root", '{');
    json_text_at(json, "kind", root_word(path->root));
    if (path->place != 0) {
        json_name(json, "address");
        json_address(json, path->place);
    }
    if (path->tid > 0) {
        json_unsigned_at(json, "tid", (unsigned)path->tid);
    }
    if (path->file[0]) {
        json_text_at(json, of_module ? "module" : "file", path->file);
    }
    if (of_module) {
        json_unsigned_at(json, "offset", path->file_offset);
    }
    if (variable(path)) {
        json_text_at(json, "variable", variable(path));
    }
    frame_json(json, path->frame);
    json_close(json, '}');
}

static void why_json(struct strbuf *out, uintptr_t address, const struct leak_path *path)
{
    struct json json = {.out = out};
    json_open(&json, '{');
    json_unsigned_at(&json, "coalmine", 1);
    json_unsigned_at(&json, "pid", (unsigned)os_pid());
    json_name(&json, "address");
    json_address(&json, address);
    json_name(&json, "live");
    json_bool(&json, path->is_block);
    root_json(&json, path);
    json_unsigned_at(&json, "length", path->length);
    json_open_at(&json, "steps", '[');
    for (size_t i = 0; i < path->count; i++) {
        step_json(&json, path, i);
    }
    json_close(&json, ']');
    json_close(&json, '}');
    strbuf_char(out, '\n');
}

static void show_why(void *context, const struct told_run *run UNUSED,
                     const struct options *options UNUSED)
{
    const struct question *question = context;
    fetch_names(question->path);
    if (question->form == NOW_JSON) {
        why_json(question->out, question->address, question->path);
    } else if (!question->out) {
        why_text(output_text_open(), question->address, question->path);
        output_text_close();
    } else {
        why_text(question->out, question->address, question->path);
    }
}

/* Of a lost block there is no way: it stands alone. */
static bool take_lost(uintptr_t address, struct leak_step *out)
{
    struct block_info block;
    if (!block_find(address, &block) || block.state != BLOCK_LIVE) {
        return false;
    }
    *out = (struct leak_step){
        .address = block.address,
        .size_bytes = block.size_bytes,
        .alloc_stack = block.alloc_stack,
    };
    return true;
}

void now_why(struct strbuf *out, enum now_form form, uintptr_t address,
             const struct leak_path *path)
{
    struct leak_path whole = *path;
    struct leak_step lost;
    if (path->is_block && path->count == 0) {
        whole.steps = &lost;
        whole.is_block = take_lost(address, &lost);
        whole.count = whole.length = whole.is_block;
    }
    struct question question = {out, form, address, &whole};
    report_now(show_why, &question);
}

void now_tell_why(uintptr_t address, const struct leak_path *path)
{
    now_why(NULL, NOW_TEXT, address, path);
}

#include "report/way.h"

#include "alloc/lookup.h"
#include "inspect/address.h"
#include "os/io.h"
#include "os/threads.h"
#include "report/document.h"
#include "report/output.h"
#include "report/report.h"
#include "report/symbols.h"
#include "report/text.h"
#include "report/trace.h"
#include "report/words.h"
#include "stack/modules.h"

enum { SHOWN_AT_EACH_END = 8 }; /* blocks of a long way */

struct asked {
    struct strbuf *out; /* NULL: where the report goes */
    uintptr_t address;
    const struct leak_path *path;
};

static bool is_shown(const struct leak_path *path, size_t at)
{
    return at < SHOWN_AT_EACH_END || at + SHOWN_AT_EACH_END >= path->count;
}

static const struct module *module_of(const struct leak_path *path)
{
    return path->root == ROOT_MODULE ? module_find(path->place, module_epoch()) : NULL;
}

/* The variable that the root's pointer stands in; NULL: no name is known. */
static const char *variable_of(const struct leak_path *path)
{
    const struct module *module = module_of(path);
    const struct symbol_lines *lines =
        module ? symbols_find(module, path->place - module->bias) : NULL;
    return lines ? lines->lines[0].function : NULL;
}

static void fetch_names(const struct leak_path *path, bool all)
{
    const struct module *module = module_of(path);
    if (module) {
        symbols_want(module, path->place - module->bias);
    }
    for (size_t i = 0; i < path->count; i++) {
        if (all || is_shown(path, i)) {
            trace_want(path->steps[i].alloc_stack);
        }
    }
    symbols_fetch();
}

static void stack_text(struct strbuf *out, uint32_t id)
{
    struct trace trace = trace_build(id, NULL);
    strbuf_str(out, trace.count > 0 ? ", allocated at:\n" : "\n");
    trace_text(out, &trace);
    trace_free(&trace, NULL);
}

static void thread_text(struct strbuf *out, int tid)
{
    char name[16];
    os_thread_name(tid, name);
    strbuf_printf(out, "thread %d", tid);
    if (name[0]) {
        strbuf_str(out, " (");
        words_safe(out, name);
        strbuf_char(out, ')');
    }
}

static void module_text(struct strbuf *out, const struct leak_path *path)
{
    const char *variable = variable_of(path);
    strbuf_str(out, variable ? "the variable " : "data of ");
    words_safe(out, variable ? variable : path->file);
    strbuf_str(out, " (");
    words_safe(out, words_base_name(path->file));
    strbuf_printf(out, "+0x%lx)", (unsigned long)path->file_offset);
}

static void mapping_text(struct strbuf *out, const struct leak_path *path)
{
    strbuf_printf(out, "0x%lx, in ", (unsigned long)path->place);
    if (path->file[0] == '\0') {
        strbuf_str(out, "an anonymous mapping");
    } else {
        strbuf_str(out, path->file[0] == '/' ? "memory mapped from " : "the mapping ");
        words_safe(out, path->file);
    }
}

/* Completes "  A pointer in …". */
static void root_text(struct strbuf *out, const struct leak_path *path)
{
    switch (path->root) {
    case ROOT_MODULE:
        module_text(out, path);
        break;
    case ROOT_STACK:
        strbuf_str(out, "the stack of ");
        thread_text(out, path->tid);
        if ((intptr_t)path->offset >= 0) { /* else in the red zone below */
            strbuf_str(out, ", ");
            words_bytes(out, path->offset);
            strbuf_str(out, " above its stack pointer");
        }
        break;
    case ROOT_TLS:
        strbuf_str(out, "thread-local storage of ");
        thread_text(out, path->tid);
        break;
    case ROOT_REGISTERS:
        strbuf_str(out, "a register of ");
        thread_text(out, path->tid);
        break;
    case ROOT_REGION:
        strbuf_printf(out, "0x%lx, in a root region that the program added",
                      (unsigned long)path->place);
        break;
    default:
        mapping_text(out, path);
    }
}

/* `before`: the stack of the step before this one, which is not shown again. */
static void step_text(struct strbuf *out, const struct leak_step *step, uint32_t before)
{
    strbuf_str(out, "  to ");
    if (step->into > 0) {
        words_bytes(out, step->into);
        strbuf_str(out, " into ");
    }
    strbuf_printf(out, "the %zu-byte block at 0x%lx", step->size_bytes,
                  (unsigned long)step->address);
    if (step->alloc_stack == before && before != 0) {
        strbuf_str(out, ", allocated at the same place\n");
    } else {
        stack_text(out, step->alloc_stack);
    }
}

static void steps_text(struct strbuf *out, const struct leak_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        if (is_shown(path, i)) {
            step_text(out, &path->steps[i], i > 0 ? path->steps[i - 1].alloc_stack : 0);
            if (i + 1 < path->count) {
                strbuf_printf(out, "  whose pointer at offset %zu leads on\n",
                              path->steps[i].offset);
            }
        } else if (i == SHOWN_AT_EACH_END) {
            strbuf_printf(out, "  and so on, over %zu blocks more,\n",
                          path->length - 2 * SHOWN_AT_EACH_END);
        }
    }
}

static void alive_text(struct strbuf *out, const struct leak_path *path)
{
    const struct leak_step *last = path->count > 0 ? &path->steps[path->count - 1] : NULL;
    if (last) {
        strbuf_printf(out, "the %zu-byte block at 0x%lx is alive:\n", last->size_bytes,
                      (unsigned long)last->address);
    } else {
        strbuf_str(out, "the block is alive; no memory to show all of the way to it:\n");
    }
    if (path->root == ROOT_KEPT) {
        strbuf_str(out, "  No pointer is needed (the first block is ignored, inherited from a "
                        "parent, the loader's own, or a stack in use)\n");
    } else {
        strbuf_str(out, "  A pointer in ");
        root_text(out, path);
        strbuf_str(out, " leads\n");
    }
    steps_text(out, path);
}

static void lost_text(struct strbuf *out, uintptr_t address)
{
    struct block_info block;
    strbuf_str(out, "nothing points to the ");
    if (block_find(address, &block)) {
        trace_want(block.alloc_stack);
        symbols_fetch();
        words_block(out, &block);
        strbuf_printf(out, " at 0x%lx: it is leaked", (unsigned long)block.address);
        stack_text(out, block.alloc_stack);
    } else {
        strbuf_str(out, "block: it is leaked\n");
    }
}

static void no_block_text(struct strbuf *out, uintptr_t address)
{
    struct block_info block;
    strbuf_printf(out, "0x%lx is in no live block: it is ", (unsigned long)address);
    if (block_find(address, &block) && block.state == BLOCK_FREED) {
        strbuf_str(out, "in a ");
        words_block(out, &block);
        strbuf_printf(out, " at 0x%lx", (unsigned long)block.address);
    } else {
        address_describe(out, address);
    }
    strbuf_char(out, '\n');
}

static void trouble_text(struct strbuf *out, const struct leak_path *path)
{
    strbuf_str(out, "it could not be found out: ");
    if (path->trouble == LEAKS_CRASHED) {
        strbuf_printf(out, "the process that looked died of signal %d\n", path->signal);
    } else {
        strbuf_str(out, path->trouble == LEAKS_TIMED_OUT ? "it took too long\n" : "no memory\n");
    }
}

static void write_text(struct strbuf *out, const struct asked *asked)
{
    const struct leak_path *path = asked->path;
    strbuf_printf(out, "==%d== coalmine: ", os_pid());
    if (path->failed) {
        trouble_text(out, path);
    } else if (!path->is_block) {
        no_block_text(out, asked->address);
    } else if (path->root == ROOT_NONE) {
        lost_text(out, asked->address);
    } else {
        alive_text(out, path);
    }
    strbuf_char(out, '\n');
}

static void show_text(void *context, const struct told_run *run UNUSED,
                      const struct options *options UNUSED)
{
    const struct asked *asked = context;
    fetch_names(asked->path, false);
    if (asked->out) {
        write_text(asked->out, asked);
    } else {
        write_text(output_text_open(), asked);
        output_text_close();
    }
}

void way_text(struct strbuf *out, uintptr_t address, const struct leak_path *path)
{
    struct asked asked = {out, address, path};
    report_now(show_text, &asked);
}

void way_tell(uintptr_t address, const struct leak_path *path)
{
    way_text(NULL, address, path);
}

static const char *word_state_of(const struct leak_path *path)
{
    return path->failed              ? "unknown"
           : !path->is_block         ? "no block"
           : path->root == ROOT_NONE ? "leaked"
                                     : "reachable";
}

static void root_json(struct json *json, const struct leak_path *path)
{
    static const char *const kinds[] = {
        [ROOT_NONE] = "",         [ROOT_MODULE] = "module",       [ROOT_STACK] = "stack",
        [ROOT_TLS] = "tls",       [ROOT_REGISTERS] = "registers", [ROOT_MAPPING] = "mapping",
        [ROOT_REGION] = "region", [ROOT_KEPT] = "kept",
    };
    json_open_at(json, "root", '{');
    json_text_at(json, "kind", kinds[path->root]);
    if (path->place != 0) {
        json_name(json, "address");
        json_address(json, path->place);
    }
    if (path->tid != 0) {
        char name[16];
        os_thread_name(path->tid, name);
        json_unsigned_at(json, "tid", (unsigned)path->tid);
        json_text_at(json, "thread", name);
    }
    if (path->file[0] != '\0') {
        json_text_at(json, "module", path->file);
    }
    if (path->root == ROOT_MODULE) {
        json_unsigned_at(json, "offset", path->file_offset);
        const char *variable = variable_of(path);
        if (variable) {
            json_text_at(json, "variable", variable);
        }
    }
    json_close(json, '}');
}

static void step_json(struct json *json, const struct leak_step *step)
{
    json_open(json, '{');
    json_name(json, "address");
    json_address(json, step->address);
    json_unsigned_at(json, "size", step->size_bytes);
    json_unsigned_at(json, "into", step->into);
    json_unsigned_at(json, "offset", step->offset);
    struct trace trace = trace_build(step->alloc_stack, NULL);
    document_stack(json, &trace);
    trace_free(&trace, NULL);
    json_close(json, '}');
}

static void show_json(void *context, const struct told_run *run UNUSED,
                      const struct options *options UNUSED)
{
    const struct asked *asked = context;
    const struct leak_path *path = asked->path;
    fetch_names(path, true);
    struct json json = {.out = asked->out};
    json_open(&json, '{');
    json_unsigned_at(&json, "coalmine", 1);
    json_unsigned_at(&json, "pid", (unsigned)os_pid());
    json_name(&json, "address");
    json_address(&json, asked->address);
    json_text_at(&json, "state", word_state_of(path));
    if (path->is_block && path->root != ROOT_NONE) {
        root_json(&json, path);
        json_unsigned_at(&json, "length", path->length);
        json_open_at(&json, "path", '[');
        for (size_t i = 0; i < path->count; i++) {
            step_json(&json, &path->steps[i]);
        }
        json_close(&json, ']');
    }
    json_close(&json, '}');
    strbuf_char(asked->out, '\n');
}

void way_json(struct strbuf *out, uintptr_t address, const struct leak_path *path)
{
    struct asked asked = {out, address, path};
    report_now(show_json, &asked);
}

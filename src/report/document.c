#include "report/document.h"

#include "report/death.h"
#include "report/json.h"
#include "report/suppressed.h"
#include "report/words.h"

enum { DOCUMENT_VERSION = 1 };

void document_frame(struct json *json, const struct frame *frame)
{
    json_open(json, '{');
    if (frame->function) {
        json_text_at(json, "function", frame->function);
    }
    if (frame->linkage) {
        json_text_at(json, "linkage", frame->linkage);
    }
    if (frame->file) {
        json_text_at(json, "file", frame->file);
    }
    if (frame->line > 0) {
        json_unsigned_at(json, "line", frame->line);
    }
    if (frame->module) {
        json_text_at(json, "module", frame->module);
    }
    if (frame->module) {
        json_unsigned_at(json, "offset", frame->offset);
    } else {
        json_name(json, "address");
        json_address(json, frame->offset);
    }
    if (frame->build_id_length > 0) {
        json_name(json, "build_id");
        json_hex_bytes(json, frame->build_id, frame->build_id_length);
    }
    json_name(json, "inlined");
    json_bool(json, frame->inlined);
    json_close(json, '}');
}

void document_stack_at(struct json *json, const char *name, const struct trace *trace)
{
    json_open_at(json, name, '[');
    for (uint32_t i = 0; i < trace->count; i++) {
        document_frame(json, &trace->frames[i]);
    }
    json_close(json, ']');
}

void document_thread(struct json *json, const char *name, const struct thread_name *thread)
{
    json_open_at(json, name, '{');
    if (thread->tid > 0) {
        json_unsigned_at(json, "tid", (unsigned)thread->tid);
        if (thread->name[0]) {
            json_text_at(json, "name", thread->name);
        }
    }
    json_close(json, '}');
}

static void leaks(struct json *json, const struct told_run *run)
{
    json_open_at(json, "leaks", '[');
    for (size_t i = 0; run->leaks && run->leak_groups && i < run->leaks->count; i++) {
        const struct told_leak *leak = &run->leak_groups[i];
        const struct leak_group *group = &leak->group;
        json_open(json, '{');
        json_text_at(json, "leak_kind", word_leak_kind(group->kind));
        json_unsigned_at(json, "blocks", group->blocks);
        json_unsigned_at(json, "bytes", group->bytes);
        json_unsigned_at(json, "indirect_blocks", group->indirect_blocks);
        json_unsigned_at(json, "indirect_bytes", group->indirect_bytes);
        json_name(json, "example");
        json_address(json, group->example);
        if (leak->via != API_COUNT) {
            json_text_at(json, "via", api_name(leak->via));
        }
        if (leak->match) {
            json_open_at(json, "over_budget", '{');
            suppressed_json_name(json, leak->match);
            json_close(json, '}');
        }
        document_stack_at(json, "stack", &leak->stack);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* Of kinds that were found and not asked for. */
static void left_out(struct json *json, const struct leak_sum totals[LEAK_KINDS])
{
    json_open_at(json, "left_out", '{');
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        if (totals[kind].blocks > 0) {
            json_open_at(json, word_leak_kind((enum leak_kind)kind), '{');
            json_unsigned_at(json, "blocks", totals[kind].blocks);
            json_unsigned_at(json, "bytes", totals[kind].bytes);
            json_close(json, '}');
        }
    }
    json_close(json, '}');
}

static void heap(struct json *json, const struct heap_stats *heap)
{
    json_open_at(json, "heap", '{');
    json_unsigned_at(json, "live_blocks", heap->live_blocks);
    json_unsigned_at(json, "live_bytes", heap->live_bytes);
    json_unsigned_at(json, "peak_bytes", heap->peak_bytes);
    json_unsigned_at(json, "allocations", heap->allocations);
    json_unsigned_at(json, "frees", heap->frees);
    json_unsigned_at(json, "quarantine_bytes", heap->quarantine_bytes);
    json_unsigned_at(json, "arena_bytes", heap->arena_bytes);
    json_unsigned_at(json, "guarded_blocks", heap->guarded);
    json_unsigned_at(json, "guarded_by_mprotect", heap->guarded_by_mprotect);
    json_unsigned_at(json, "unguarded_blocks", heap->unguarded);
    json_close(json, '}');
}

static void summary(struct json *json, const struct told_run *run)
{
    json_open_at(json, "summary", '{');
    json_unsigned_at(json, "errors", run->error_count);
    const struct leak_report *found = run->leaks;
    json_unsigned_at(json, "leaked_blocks", found ? found->blocks + found->indirect_blocks : 0);
    json_unsigned_at(json, "leaked_bytes", found ? found->bytes + found->indirect_bytes : 0);
    json_name(json, "exitcode");
    json_signed(json, run->exit_status);
    json_close(json, '}');
}

static void death(struct json *json, const struct told_death *told)
{
    const struct death *death = &told->death;
    char room[32];
    struct strbuf name;
    strbuf_init(&name, room, sizeof room);
    death_name(&name, death->number);
    json_open_at(json, "signal", '{');
    json_text_at(json, "name", room);
    json_unsigned_at(json, "number", (unsigned)death->number);
    if (death->sender_pid > 0) {
        json_unsigned_at(json, "sender_pid", (unsigned)death->sender_pid);
    }
    if (death->fault.has_address) {
        json_name(json, "address");
        json_address(json, death->fault.address);
    }
    if (death->is_fault && death_access(death)) {
        json_text_at(json, "access", death_access(death));
    }
    if (told->place[0]) {
        json_text_at(json, "place", told->place);
    }
    if (told->hint[0]) {
        json_text_at(json, "hint", told->hint);
    }
    if (told->has_block) {
        document_block(json, "block", &told->block);
    }
    json_open_at(json, "stacks", '{');
    document_stack_at(json, "access", &told->access);
    document_stack_at(json, "alloc", &told->alloc);
    document_stack_at(json, "free", &told->release);
    json_close(json, '}');
    json_open_at(json, "threads", '{');
    document_thread(json, "access", &told->access_thread);
    document_thread(json, "alloc", &told->alloc_thread);
    document_thread(json, "free", &told->free_thread);
    json_close(json, '}');
    json_close(json, '}');
}

static void option(void *context, const char *name, const char *value)
{
    json_text_at(context, name, value);
}

static void header(struct json *json, const struct told_run *run, const struct options *options)
{
    json_unsigned_at(json, "coalmine", DOCUMENT_VERSION);
    json_text_at(json, "program", run->program);
    json_open_at(json, "argv", '[');
    for (const char *const *argument = run->argv; argument && *argument; argument++) {
        json_text(json, *argument);
    }
    json_close(json, ']');
    json_unsigned_at(json, "pid", (unsigned)run->pid);
    json_text_at(json, "time", run->time);
    json_open_at(json, "options", '{');
    options_each(options, option, json);
    json_close(json, '}');
}

void document_start(struct strbuf *out, const struct told_run *run, const struct options *options)
{
    struct json json = {.out = out};
    json_open(&json, '{');
    header(&json, run, options);
    json_open_at(&json, "errors", '[');
}

void document_end(struct strbuf *out, const struct told_run *run)
{
    struct json json = {.out = out};
    json_close(&json, ']');
    leaks(&json, run);
    left_out(&json, run->left_out);
    suppressed_json(&json, run->suppressions);
    heap(&json, &run->heap);
    json_open_at(&json, "incomplete", '[');
    for (size_t i = 0; i < run->incomplete_count; i++) {
        json_text(&json, run->incomplete[i]);
    }
    json_close(&json, ']');
    summary(&json, run);
    if (run->death) {
        death(&json, run->death);
    }
    json_close(&json, '}');
    strbuf_char(out, '\n');
}

void document_header(struct json *json, const struct told_run *run, const struct options *options)
{
    header(json, run, options);
}

void document_heap(struct json *json, const struct heap_stats *figures)
{
    heap(json, figures);
}

void document_stack(struct json *json, const struct trace *trace)
{
    document_stack_at(json, "stack", trace);
}

#include "report/detail.h"

#include <string.h>

#include "alloc/lookup.h"
#include "inspect/address.h"
#include "inspect/sites.h"
#include "report/guess.h"
#include "report/symbols.h"
#include "report/trace.h"

/* For want of memory: the stacks of one error, cut. They last until the next one is told. */
static struct frame spare[4][TRACE_SPARE_FRAMES];

static void name_thread(uint16_t number, struct thread_name *out)
{
    if (!thread_name_find(number, out)) {
        *out = (struct thread_name){0};
    }
}

static void describe(struct told_error *error)
{
    const struct finding *finding = &error->finding;
    struct strbuf out;
    strbuf_init(&out, error->guess, sizeof error->guess);
    guess_bytes(&out, finding->block.address + (uintptr_t)finding->offset, finding->damage,
                finding->damage_length);
    strbuf_init(&out, error->place, sizeof error->place);
    if (finding->kind == FINDING_INVALID_FREE && !finding->has_block) {
        address_describe(&out, finding->pointer);
    }
}

/* What the C library calls its function, if the caller's name for it is not known. */
static const char *callee_name(uintptr_t callee)
{
    struct frame line;
    return trace_own_line(callee, &line) ? line.function : NULL;
}

/* "__memcpy_chk" is the memcpy of a program that was built with checks. */
static void write_plain(struct strbuf *out, const char *name)
{
    static const char suffix[] = "_chk", scan[] = "__isoc99_";
    size_t length = strlen(name), end = sizeof suffix - 1;
    bool is_checked =
        length > end + 2 && strncmp(name, "__", 2) == 0 && strcmp(name + length - end, suffix) == 0;
    bool is_scan = strncmp(name, scan, sizeof scan - 1) == 0;
    name += is_checked ? 2 : is_scan ? sizeof scan - 1 : 0;
    strbuf_printf(out, "%.*s", (int)(is_checked ? length - 2 - end : strlen(name)), name);
}

static void name_call(struct told_error *error)
{
    struct finding *finding = &error->finding;
    if (finding->detected != DETECTED_GUARD || finding->callee == 0) {
        return;
    }
    const char *name = finding->call ? finding->call : callee_name(finding->callee);
    struct strbuf out;
    strbuf_init(&out, error->call, sizeof error->call);
    write_plain(&out, name ? name : "");
    finding->call = error->call[0] ? error->call : NULL;
}

void detail_fill(struct told_error *error)
{
    const struct finding *finding = &error->finding;
    const struct block_info *block = &finding->block;
    describe(error);
    name_thread(finding->access_thread, &error->access_thread);
    name_thread(finding->has_block ? block->alloc_thread : 0, &error->alloc_thread);
    name_thread(finding->has_block ? block->free_thread : 0, &error->free_thread);
    const uint32_t stacks[] = {
        finding->access_stack,
        finding->has_block ? block->alloc_stack : 0,
        finding->has_block ? block->free_stack : 0,
        finding->has_neighbour ? finding->neighbour.alloc_stack : 0,
    };
    const struct finding_window *window = &finding->window;
    for (size_t i = 0; i < 4; i++) {
        trace_want(stacks[i]);
    }
    for (size_t i = 0; i < window->event_count; i++) {
        trace_want(window->events[i].stack);
    }
    if (finding->callee && !finding->call) {
        trace_want_frame(finding->callee);
    }
    symbols_fetch();
    name_call(error);
    error->block_number =
        finding->has_block ? sites_block_number(block->address, block->alloc_stack) : 0;
    for (size_t i = 0; i < window->event_count; i++) {
        name_thread(window->events[i].thread, &error->events[i].thread);
        error->events[i].stack = trace_build(window->events[i].stack, NULL);
    }
    error->access = trace_build(stacks[0], spare[0]);
    error->alloc = trace_build(stacks[1], spare[1]);
    error->release = trace_build(stacks[2], spare[2]);
    error->neighbour_alloc = trace_build(stacks[3], spare[3]);
}

void detail_free(struct told_error *error)
{
    trace_free(&error->access, spare[0]);
    trace_free(&error->alloc, spare[1]);
    trace_free(&error->release, spare[2]);
    trace_free(&error->neighbour_alloc, spare[3]);
    for (size_t i = 0; i < error->finding.window.event_count; i++) {
        trace_free(&error->events[i].stack, NULL);
    }
}

void detail_settle(struct told_error *error)
{
    struct trace *traces[] = {&error->access, &error->alloc, &error->release,
                              &error->neighbour_alloc};
    for (size_t i = 0; i < 4; i++) {
        if (traces[i]->frames == spare[i]) {
            *traces[i] = (struct trace){0};
        }
    }
}

/* The blocks are still there: what leaked is not released any more. */
static enum api allocated_by(const struct leak_group *group)
{
    struct block_info block;
    return block_find(group->example, &block) && block.address == group->example ? block.via
                                                                                 : API_COUNT;
}

void detail_fill_leaks(struct told_leak *leaks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        trace_want(leaks[i].group.alloc_stack);
    }
    symbols_fetch();
    for (size_t i = 0; i < count; i++) {
        leaks[i].via = allocated_by(&leaks[i].group);
        leaks[i].stack = trace_build(leaks[i].group.alloc_stack, NULL);
    }
}

void detail_free_leak(struct told_leak *leak)
{
    trace_free(&leak->stack, NULL);
}

#include "interpose/leaks/leak_result.h"

#include <string.h>

#include "os/io.h"
#include "os/own.h"
#include "report/now.h"
#include "report/text.h"
#include "report/words.h"
#include "stack/stack.h"

enum { SHOWN_MOST = 64 }; /* groups in the text */

static const int public_kinds[] = {
    [LEAK_DEFINITE] = COALMINE_LEAK_DEFINITE,
    [LEAK_POSSIBLE] = COALMINE_LEAK_POSSIBLE,
    [LEAK_REACHABLE] = COALMINE_LEAK_REACHABLE,
};

void leak_result_clear(struct coalmine_leaks *out)
{
    *out = (struct coalmine_leaks){.text = "", .incomplete = ""};
}

static void write_text(struct strbuf *out, const struct told_run *run)
{
    const struct text_style plain = {.pid = os_pid()};
    size_t count = run->leak_groups ? run->leaks->count : 0;
    for (size_t i = 0; i < count && i < SHOWN_MOST; i++) {
        text_leak(out, &plain, &run->leak_groups[i]);
    }
    if (count > SHOWN_MOST) {
        strbuf_printf(out, "==%d== coalmine: and leaks from %zu stacks more\n", plain.pid,
                      count - SHOWN_MOST);
    }
    if (run->leaks->failed) {
        strbuf_printf(out, "==%d== coalmine: leaks could not be looked for\n", plain.pid);
    }
    for (size_t i = 0; run->leaks->failed && i < run->incomplete_count; i++) {
        strbuf_printf(out, "  %s\n", run->incomplete[i]);
    }
}

static void write_incomplete(struct strbuf *out, const struct told_run *run)
{
    for (size_t i = 0; i < run->incomplete_count; i++) {
        strbuf_printf(out, "%s\n", run->incomplete[i]);
    }
}

static bool add_length(void *context, const char *data UNUSED, size_t length)
{
    *(size_t *)context += length;
    return true;
}

/* Bytes of a text, its NUL included. */
static size_t measure(void (*write)(struct strbuf *, const struct told_run *),
                      const struct told_run *run)
{
    char piece[256];
    size_t length = 0;
    struct strbuf out;
    strbuf_init_flush(&out, piece, sizeof piece, add_length, &length);
    write(&out, run);
    strbuf_finish(&out);
    return length + 1;
}

static const char *put(char *at, size_t room,
                       void (*write)(struct strbuf *, const struct told_run *),
                       const struct told_run *run)
{
    struct strbuf out;
    strbuf_init(&out, at, room);
    write(&out, run);
    return at;
}

static void copy_group(const struct told_leak *leak, struct coalmine_leak_group *out)
{
    const struct leak_group *group = &leak->group;
    *out = (struct coalmine_leak_group){
        .kind = public_kinds[group->kind],
        .blocks = group->blocks,
        .bytes = group->bytes,
        .indirect_blocks = group->indirect_blocks,
        .indirect_bytes = group->indirect_bytes,
        .example = (const void *)group->example,
        .via = leak->via == API_COUNT ? "" : api_name(leak->via),
    };
    struct stack_view view = stack_view(group->alloc_stack);
    for (; out->frames < view.count && out->frames < COALMINE_FRAMES; out->frames++) {
        out->stack[out->frames] = (void *)(view.frames[out->frames] & STACK_PC_MASK);
    }
}

static void copy_totals(const struct told_run *run, struct coalmine_leaks *out)
{
    const struct leak_report *leaks = run->leaks;
    out->blocks = leaks->blocks;
    out->bytes = leaks->bytes;
    out->indirect_blocks = leaks->indirect_blocks;
    out->indirect_bytes = leaks->indirect_bytes;
    out->groups = leaks->count;
    for (const struct suppression *one = run->suppressions; one; one = one->next) {
        out->suppressed_blocks += one->hidden.blocks;
        out->suppressed_bytes += one->hidden.bytes;
    }
}

static void take(void *context, const struct told_run *run, const struct options *options UNUSED)
{
    struct coalmine_leaks *out = context;
    copy_totals(run, out);
    size_t listed = run->leak_groups ? out->groups : 0;
    listed = listed < COALMINE_LEAK_GROUPS ? listed : COALMINE_LEAK_GROUPS;
    size_t text_bytes = measure(write_text, run), notes_bytes = measure(write_incomplete, run);
    size_t bytes = listed * sizeof *out->group + text_bytes + notes_bytes;
    if (listed == 0 && text_bytes == 1 && notes_bytes == 1) {
        return; /* nothing to say */
    }
    struct coalmine_leak_group *groups = own_alloc(bytes);
    if (!groups) {
        out->incomplete = "no memory to show where leaked blocks were allocated\n";
        return;
    }
    for (size_t i = 0; i < listed; i++) {
        copy_group(&run->leak_groups[i], &groups[i]);
    }
    char *texts = (char *)(groups + listed);
    out->memory = groups;
    out->memory_bytes = bytes;
    out->group = groups;
    out->listed = listed;
    out->text = put(texts, text_bytes, write_text, run);
    out->incomplete = put(texts + text_bytes, notes_bytes, write_incomplete, run);
}

void leak_result_fill(const struct leak_report *found, struct coalmine_leaks *out)
{
    now_judge(found, take, out);
}

void leak_result_drop(struct coalmine_leaks *leaks)
{
    own_free(leaks->memory, leaks->memory_bytes);
    leak_result_clear(leaks);
}

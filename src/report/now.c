#include "report/now.h"

#include <string.h>

#include "os/clock.h"
#include "os/io.h"
#include "report/document.h"
#include "report/json.h"
#include "report/notes.h"
#include "report/output.h"
#include "report/report.h"
#include "report/sift.h"
#include "report/suppressed.h"
#include "report/symbols.h"
#include "report/text.h"
#include "report/trace.h"
#include "report/words.h"

enum {
    SNAPSHOT_VERSION = 1,
    ROUNDED_FROM = 10 * 1024, /* bytes; below, words_amount() is exact anyway */
};

/* What is asked for; the rest is known to report_now(). */
struct question {
    struct strbuf *out;
    enum now_form form;
    const struct snapshot *snapshot;
    size_t found;
    int status; /* the answer's */
};

static void whole_document(struct strbuf *out, const struct told_run *run,
                           const struct options *options)
{
    document_start(out, run, options);
    for (const struct told_error *error = run->errors; error; error = error->next) {
        document_error(out, error, error == run->errors);
    }
    document_end(out, run);
}

static void leaks_as_text(struct strbuf *out, const struct told_run *run)
{
    const struct text_style plain = {.pid = os_pid()};
    for (size_t i = 0; run->leak_groups && i < run->leaks->count; i++) {
        text_leak(out, &plain, &run->leak_groups[i]);
    }
    if (run->leaks->blocks > 0 || run->error_count > 0 || suppressed_any(run->suppressions)) {
        text_summary(out, &plain, run);
    } else {
        text_clean(out, &plain, run);
    }
}

struct judging {
    const struct leak_report *leaks;
    void (*take)(void *context, const struct told_run *run, const struct options *options);
    void *context;
};

static void judge(void *context, const struct told_run *run, const struct options *options)
{
    static const char *notes[NOTES_MOST]; /* under LOCK_REPORT, as all of this */
    struct judging *judging = context;
    struct told_run now = *run;
    struct sifted sifted;
    sift_leaks(judging->leaks, options->leak_kinds, &sifted);
    now.leaks = &sifted.leaks;
    now.leak_groups = sifted.told;
    memcpy(now.left_out, sifted.left_out, sizeof now.left_out);
    const struct notes_untold none = {0};
    now.incomplete = notes;
    now.incomplete_count = notes_gather(&now, &none, NULL, 0, notes);
    now.exit_status = sifted.leaks.blocks > 0 ? (int)options->exitcode : 0;
    judging->take(judging->context, &now, options);
    sift_drop(&sifted);
}

bool now_judge(const struct leak_report *leaks,
               void (*take)(void *context, const struct told_run *run,
                            const struct options *options),
               void *context)
{
    struct judging judging = {leaks, take, context};
    return report_now(judge, &judging);
}

static void show_leaks(void *context, const struct told_run *run, const struct options *options)
{
    struct question *question = context;
    question->status = run->exit_status;
    if (question->form == NOW_JSON) {
        whole_document(question->out, run, options);
    } else {
        leaks_as_text(question->out, run);
    }
}

int now_leaks(struct strbuf *out, enum now_form form, const struct leak_report *leaks)
{
    struct question question = {.out = out, .form = form};
    return now_judge(leaks, show_leaks, &question) ? question.status : 0;
}

static void tell_leaks(void *context UNUSED, const struct told_run *run,
                       const struct options *options UNUSED)
{
    for (size_t i = 0; run->leak_groups && i < run->leaks->count; i++) {
        struct strbuf *out = output_text_open();
        struct text_style style = report_style();
        text_leak(out, &style, &run->leak_groups[i]);
        output_text_close();
    }
    if (run->leaks->blocks > 0 || run->leaks->failed) {
        struct strbuf *out = output_text_open();
        struct text_style style = report_style();
        text_summary(out, &style, run);
        output_text_close();
    }
}

void now_tell_leaks(const struct leak_report *leaks)
{
    now_judge(leaks, tell_leaks, NULL);
}

static void figure(struct strbuf *out, const char *label, uint64_t value, const char *unit)
{
    strbuf_printf(out, "  %-12s %12lu%s", label, (unsigned long)value, unit);
    if (*unit && value >= ROUNDED_FROM) {
        strbuf_str(out, " (");
        words_amount(out, value);
        strbuf_char(out, ')');
    }
    strbuf_char(out, '\n');
}

static void stats_as_text(struct strbuf *out, const struct told_run *run)
{
    const struct heap_stats *heap = &run->heap;
    strbuf_printf(out, "==%d== coalmine: ", run->pid);
    words_safe(out, run->program);
    strbuf_printf(out, ", since %s\n", run->time);
    figure(out, "live blocks", heap->live_blocks, "");
    figure(out, "live", heap->live_bytes, " bytes");
    figure(out, "peak", heap->peak_bytes, " bytes");
    figure(out, "allocations", heap->allocations, "");
    figure(out, "frees", heap->frees, "");
    figure(out, "held back", heap->quarantine_bytes, " bytes");
    figure(out, "from system", heap->arena_bytes, " bytes");
    figure(out, "guarded", heap->guarded, "");
    figure(out, "errors", run->error_count, "");
}

static void begin(struct json *json, const struct told_run *run, const struct options *options,
                  char taken[OS_CLOCK_TEXT])
{
    struct told_run now = *run;
    now.time = taken;
    os_clock_rfc3339(os_clock_seconds(), taken);
    json_open(json, '{');
    document_header(json, &now, options);
    json_text_at(json, "started", run->time);
}

static void show_stats(void *context, const struct told_run *run, const struct options *options)
{
    struct question *question = context;
    if (question->form == NOW_TEXT) {
        stats_as_text(question->out, run);
        return;
    }
    char taken[OS_CLOCK_TEXT];
    struct json json = {.out = question->out};
    begin(&json, run, options, taken);
    document_heap(&json, &run->heap);
    json_close(&json, '}');
    strbuf_char(question->out, '\n');
}

void now_stats(struct strbuf *out, enum now_form form)
{
    struct question question = {.out = out, .form = form};
    report_now(show_stats, &question);
}

static void show_errors(void *context, const struct told_run *run, const struct options *options)
{
    struct question *question = context;
    question->status = question->found > 0 ? (int)options->exitcode : 0;
    if (question->form == NOW_JSON) {
        whole_document(question->out, run, options);
        return;
    }
    strbuf_printf(question->out, "==%d== coalmine: ", run->pid);
    words_count(question->out, run->heap.live_blocks, "live block");
    strbuf_str(question->out, " checked, and what is held back: ");
    if (question->found > 0) {
        words_count(question->out, question->found, "error");
        strbuf_char(question->out, '\n');
    } else {
        strbuf_str(question->out, "no damage\n");
    }
}

int now_errors(struct strbuf *out, enum now_form form, size_t found)
{
    struct question question = {.out = out, .form = form, .found = found};
    report_now(show_errors, &question);
    return question.status;
}

/* One stack with all its ages, from `from` on; where the next one begins. */
static size_t live_site(struct json *json, const struct snapshot *snapshot, size_t from)
{
    uint32_t stack = snapshot->age[from].alloc_stack;
    uint64_t blocks = 0;
    size_t to = from;
    for (; to < snapshot->count && snapshot->age[to].alloc_stack == stack; to++) {
        blocks += snapshot->age[to].blocks;
    }
    json_open(json, '{');
    json_unsigned_at(json, "blocks", blocks);
    json_unsigned_at(json, "bytes", snapshot->age[from].site_bytes);
    json_open_at(json, "ages", '[');
    for (size_t i = from; i < to; i++) {
        json_open(json, '{');
        json_unsigned_at(json, "generation", snapshot->age[i].generation);
        json_unsigned_at(json, "blocks", snapshot->age[i].blocks);
        json_unsigned_at(json, "bytes", snapshot->age[i].bytes);
        json_close(json, '}');
    }
    json_close(json, ']');
    struct trace trace = trace_build(stack, NULL);
    document_stack(json, &trace);
    trace_free(&trace, NULL);
    json_close(json, '}');
    return to;
}

static void live_sites(struct json *json, const struct snapshot *snapshot)
{
    json_open_at(json, "live", '[');
    for (size_t i = 0; i < snapshot->count;) {
        i = live_site(json, snapshot, i);
    }
    json_close(json, ']');
}

static void show_snapshot(void *context, const struct told_run *run, const struct options *options)
{
    struct question *question = context;
    const struct snapshot *snapshot = question->snapshot;
    for (size_t i = 0; i < snapshot->count; i++) {
        trace_want(snapshot->age[i].alloc_stack);
    }
    symbols_fetch();
    char taken[OS_CLOCK_TEXT];
    struct json json = {.out = question->out};
    begin(&json, run, options, taken);
    json_unsigned_at(&json, "snapshot", SNAPSHOT_VERSION);
    json_unsigned_at(&json, "clock_ms", os_clock_ms());
    document_heap(&json, &run->heap);
    live_sites(&json, snapshot);
    json_close(&json, '}');
    strbuf_char(question->out, '\n');
}

void now_snapshot(struct strbuf *out, const struct snapshot *snapshot)
{
    struct question question = {.out = out, .form = NOW_JSON, .snapshot = snapshot};
    report_now(show_snapshot, &question);
}

#include "report/report.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "os/clock.h"
#include "os/io.h"
#include "os/message.h"
#include "os/signals.h"
#include "report/death.h"
#include "report/detail.h"
#include "report/document.h"
#include "report/errors.h"
#include "report/invocation.h"
#include "report/leaks_told.h"
#include "report/namer.h"
#include "report/notes.h"
#include "report/output.h"
#include "report/overhear.h"
#include "report/reporting.h"
#include "report/sift.h"
#include "report/site_file.h"
#include "report/suppressions.h"
#include "report/symbols.h"
#include "report/text.h"
#include "report/text_line.h"
#include "report/visit.h"
#include "report/words.h"

enum {
    RECOUNT_MS = 1000, /* repeats change the JSON report at most this often before the end */
};

/* Between visit_begin() and visit_end(), as are all below. */
struct reporting reporting;
static struct notes_untold untold;
static struct told_error unkept; /* one for which there is no memory */
static const char *notes[NOTES_MOST];
static char start_time[OS_CLOCK_TEXT];
static uint64_t written_ms; /* when the whole of the JSON report was last written */
static bool no_color;
static struct told_death told_death; /* behind run.death, once it is there */

void report_start(const struct report_setup *setup)
{
    int saved = errno;
    visit_register_lock();
    reporting.options = setup->options;
    reporting.run.argv = invocation_copy(setup->argv);
    reporting.run.pid = os_pid();
    reporting.run.time = start_time;
    os_clock_rfc3339(os_clock_seconds(), start_time);
    no_color = invocation_sets(setup->environment, "NO_COLOR");
    symbols_enable(reporting.options->symbols && !setup->secure);
    namer_start(setup->secure ? NULL : setup->environment);
    output_start(&(struct output_setup){
        .log = setup->secure ? "" : reporting.options->log,
        .json = setup->secure ? "" : reporting.options->json,
        .sites = setup->secure ? "" : reporting.options->sites,
        .argv0 = reporting.run.argv && reporting.run.argv[0] ? reporting.run.argv[0] : "",
        .forked = setup->forked,
        .image = setup->image,
    });
    site_file_start(setup->secure ? "" : reporting.options->sites);
    reporting.forked = setup->forked;
    errno = saved;
}

/* For output that is open. */
struct text_style report_style(void)
{
    bool automatic = reporting.options->color == COLOR_AUTO && !no_color && !output_text_is_file();
    return (struct text_style){
        .pid = os_pid(), /* a vfork child speaks for itself */
        .color = reporting.options->color == COLOR_ALWAYS || (automatic && os_is_terminal(2)),
    };
}

void report_read_suppressions(const char *files, options_complain *complain, void *context)
{
    struct visit visit;
    if (visit_begin(&visit)) {
        suppressions_read_files(files, complain, context);
        visit_end(&visit);
    }
}

void report_add_suppressions(const char *text, const char *title, options_complain *complain,
                             void *context)
{
    struct visit visit;
    if (visit_begin(&visit)) {
        suppressions_read_text(text, title, complain, context);
        visit_end(&visit);
    }
}

bool reporting_found_anything(void)
{
    return reporting.run.error_count > 0 ||
           (reporting.run.leaks && reporting.run.leaks->blocks > 0);
}

void reporting_refresh(void)
{
    reporting.run.errors = errors_first();
    reporting.run.program = output_program();
    reporting.run.heap = reporting.finished ? reporting.run.heap : heap_stats();
    reporting.run.suppressions = suppressions_first();
    reporting.run.incomplete = notes;
    reporting.run.incomplete_count = notes_gather(&reporting.run, &untold, reporting.extra_notes,
                                                  reporting.extra_note_count, notes);
}

int reporting_exit_status(int own)
{
    return own == 0 && reporting_found_anything() ? (int)reporting.options->exitcode : own;
}

void reporting_write_json(bool last)
{
    struct strbuf *out = output_json_open(last);
    if (!out) {
        return;
    }
    reporting_refresh();
    document_start(out, &reporting.run, reporting.options);
    for (const struct told_error *error = reporting.run.errors; error; error = error->next) {
        document_error(out, error, error == reporting.run.errors);
    }
    output_json_mark();
    document_end(out, &reporting.run);
    output_json_close();
    written_ms = os_clock_ms();
}

/* An error that a suppression is for. */
static void count_hidden(const struct told_error *error)
{
    reporting.run.error_count--;
    reporting.run.kind_counts[error->finding.kind]--;
    error->hidden_by->found.errors++;
    error->hidden_by->hidden.errors++;
}

/* Puts one more error into the document that is there: what it costs does not grow with their
 * number. */
static void add_to_json(const struct told_error *error)
{
    reporting_refresh();
    struct strbuf *out = error == reporting.run.errors ? NULL : output_json_resume();
    if (out) {
        document_error(out, error, false);
        output_json_mark();
        document_end(out, &reporting.run);
    }
    if (!out || !output_json_close()) {
        reporting_write_json(false);
    }
}

/* True if it is not to be told: then it was never counted. */
static bool hide(struct told_error *error)
{
    detail_fill(error);
    error->hidden_by = suppressions_match_error(error);
    if (!error->hidden_by) {
        return false;
    }
    count_hidden(error);
    detail_settle(error);
    return true;
}

/* In production: a line for each error, and no more. */
static bool is_brief(void)
{
    return reporting.options->mode == MODE_HARDEN;
}

/* Once: how it is that the program goes on after a fault. */
static void explain_guard(struct strbuf *out, const struct finding *finding)
{
    static bool explained;
    if (finding->detected == DETECTED_GUARD && !reporting.options->halt && !explained) {
        explained = true;
        strbuf_printf(out,
                      "==%d== coalmine: the guard page is opened and the program goes on "
                      "(with halt=on it would end there)\n\n",
                      os_pid());
    }
}

static void tell(struct told_error *error)
{
    struct strbuf *out = output_text_open();
    struct text_style with = report_style();
    if (is_brief()) {
        text_line(out, &with, error);
    } else {
        text_error(out, &with, error);
        explain_guard(out, &error->finding);
    }
    output_text_close();
    overhear_error(error);
    site_file_note(error);
    reporting.run.exit_status = reporting_exit_status(0);
    add_to_json(error);
    detail_settle(error);
}

static void tell_new(const struct finding *finding)
{
    struct told_error *error = errors_add(finding);
    if (error) {
        if (hide(error)) {
            errors_hide_last();
        } else {
            tell(error);
        }
        return;
    }
    if (errors_kept() >= ERRORS_MOST) {
        untold.too_many++;
        return;
    }
    memset(&unkept, 0, sizeof unkept);
    unkept.finding = *finding;
    unkept.count = 1;
    if (!hide(&unkept)) {
        untold.unkept++;
        tell(&unkept);
    }
    detail_free(&unkept);
}

static void tell_again(struct told_error *error)
{
    if (error->hidden_by) {
        count_hidden(error);
        return;
    }
    error->count++;
    overhear_error(error);
    if (os_clock_ms() - written_ms >= RECOUNT_MS) {
        reporting_write_json(false); /* in case the end comes by SIGKILL */
    }
}

void reporting_tell_summary(void)
{
    if (is_brief()) {
        return;
    }
    reporting_refresh();
    struct strbuf *out = output_text_open();
    struct text_style with = report_style();
    text_summary(out, &with, &reporting.run);
    output_text_close();
}

/* At a guard page the program has its own fault to stop at, but in production it may have a handler
 * that has it go on. */
static void stop_if_asked(const struct finding *finding)
{
    if (reporting.options->halt &&
        (is_brief() || finding->detected != DETECTED_GUARD || finding->watched)) {
        reporting.run.exit_status = 128 + SIGABRT; /* as a shell puts it */
        reporting_tell_summary();
        reporting_write_json(true);
        os_die();
    }
}

void report_finding(const struct finding *finding)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        __atomic_fetch_add(&untold.recursive, 1, __ATOMIC_RELAXED);
        return;
    }
    reporting.run.error_count++;
    reporting.run.kind_counts[finding->kind]++;
    struct told_error *known = errors_find(finding);
    if (known) {
        tell_again(known);
    } else {
        tell_new(finding);
    }
    if (reporting.run.error_count > 0) {
        stop_if_asked(finding);
    }
    visit_end(&visit);
}

bool report_now(void (*show)(void *context, const struct told_run *run,
                             const struct options *options),
                void *context)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        return false;
    }
    reporting_refresh();
    show(context, &reporting.run, reporting.options);
    visit_end(&visit);
    return true;
}

void report_after_fork(void)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        return;
    }
    errors_forget();
    sift_drop(&reporting.sifted);
    suppressions_forget();
    reporting.run =
        (struct told_run){.argv = reporting.run.argv, .time = start_time, .pid = os_pid()};
    untold = (struct notes_untold){0};
    reporting.finished = false;
    reporting.forked = true;
    leaks_told_forget();
    os_clock_rfc3339(os_clock_seconds(), start_time);
    output_after_fork();
    visit_end(&visit);
}

bool report_has_errors(void)
{
    return __atomic_load_n(&reporting.run.error_count, __ATOMIC_RELAXED) > 0;
}

void report_death(const struct death *death)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        return;
    }
    death_fill(&told_death, death);
    reporting.run.death = &told_death;
    if (death_is_crash(death)) {
        struct strbuf *out = output_text_open();
        struct text_style with = report_style();
        death_text(out, &with, &told_death);
        output_text_close();
    }
    visit_end(&visit);
}

/* The end of report/report.h: leaks, summary, and the last JSON report. */
#include <string.h>

#include "report/leaks_told.h"
#include "report/output.h"
#include "report/report.h"
#include "report/reporting.h"
#include "report/suppressed.h"
#include "report/suppressions.h"
#include "report/text.h"
#include "report/visit.h"

static void tell_leaks(void)
{
    for (size_t i = 0; reporting.run.leak_groups && i < reporting.run.leaks->count; i++) {
        if (!leaks_told_add(&reporting.run.leak_groups[i].group)) {
            continue;
        }
        struct strbuf *out = output_text_open();
        struct text_style with = report_style();
        text_leak(out, &with, &reporting.run.leak_groups[i]);
        output_text_close();
    }
}

static void tell_clean(void)
{
    reporting_refresh();
    struct strbuf *out = output_text_open();
    struct text_style with = report_style();
    text_clean(out, &with, &reporting.run);
    output_text_close();
}

static void tell_end(const struct report_end *end)
{
    reporting.run.heap = heap_stats();
    reporting.finished = true;
    if (end->leaks) {
        sift_leaks(end->leaks, reporting.options->leak_kinds, &reporting.sifted);
        reporting.run.leaks = &reporting.sifted.leaks;
        reporting.run.leak_groups = reporting.sifted.told;
        memcpy(reporting.run.left_out, reporting.sifted.left_out, sizeof reporting.run.left_out);
    }
    reporting.extra_notes = end->incomplete;
    reporting.extra_note_count = end->incomplete_count;
    reporting.run.exit_status = reporting_exit_status(end->exit_status);
    tell_leaks();
    if (reporting_found_anything()) {
        reporting_tell_summary();
    } else if (reporting.options->quiet || end->silent_if_clean || reporting.forked) {
        /* nothing to say */
    } else if (suppressed_any(suppressions_first())) {
        reporting_tell_summary();
    } else {
        tell_clean();
    }
    reporting_write_json(true);
    reporting.extra_note_count = 0;
}

int report_finish(const struct report_end *end)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        return end->exit_status;
    }
    if (!reporting.finished) {
        tell_end(end);
    }
    int status = reporting_exit_status(end->exit_status);
    visit_end(&visit);
    return status;
}

void report_reopen(void)
{
    struct visit visit;
    if (!reporting.options || !visit_begin(&visit)) {
        return;
    }
    sift_drop(&reporting.sifted);
    reporting.run.leak_groups = NULL;
    reporting.run.leaks = NULL;
    reporting.finished = false;
    visit_end(&visit);
}

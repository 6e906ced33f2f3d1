/* What is done about findings: equal ones are grouped, each is told when it happens, and at exit
 * come a summary and the JSON report.
 *
 * Order of use: report_start() once; then report_finding() as the sink, from any
 * thread, with none of our locks held; report_finish() at exit. Errors told later still are
 * told, but no second summary. Findings in a signal handler that interrupts the telling of another
 * on the same thread are counted, not told. All keep errno. Serialized by LOCK_REPORT. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/finding.h"
#include "base/compiler.h"
#include "inspect/leaks.h"
#include "options/options.h"
#include "report/model.h"
#include "report/text.h"

/* What the kernel handed over is copied as far as it is needed: programs write over it. */
struct report_setup {
    const struct options *options; /* stays where it is */
    char *const *argv;             /* NULL: unknown */
    char *const *environment;      /* NULL: none */
    bool secure;                   /* AT_SECURE: no files, no helper process */
    bool forked;    /* started by a watched process: its file names without %p get ".PID" */
    unsigned image; /* which program of this process it is; from the second on names get ".2" */
};

/* Before there are threads. */
void report_start(const struct report_setup *setup);

/* After the start; findings told before are not matched. Files are read at once; a complaint is one
 * line that names the file, or the title of the text, and the line in it. */
void report_read_suppressions(const char *files, options_complain *complain, void *context);
void report_add_suppressions(const char *text, const char *title, options_complain *complain,
                             void *context);

void report_finding(const struct finding *finding);

/* Calls `show` with all that is known now, under LOCK_REPORT: for report/now.h. Not called during
 * the telling of an error, nor before the start: false. */
bool report_now(void (*show)(void *context, const struct told_run *run,
                             const struct options *options),
                void *context);

/* How text looks that goes out now; output_text_open() comes first. Under LOCK_REPORT. */
struct text_style report_style(void);

/* In the child, after os_unlock_all(): the parent's findings are not its own. */
void report_after_fork(void);

/* Tells that the process is about to die by a signal; its report_finish() follows. */
void report_death(const struct death *death);

/* True if an error was told in this process. */
MUST_USE bool report_has_errors(void);

struct report_end {
    const struct leak_report *leaks; /* NULL: not looked for */
    const char *const *incomplete;   /* further lines for what could not be checked; may be NULL */
    size_t incomplete_count;
    int exit_status;      /* what the program would exit with */
    bool silent_if_clean; /* nothing for people to read where nothing was found */
};

/* Tells leaks, the summary, and writes the JSON report. Returns the status to exit with: the
 * program's own unless that is 0 and something was found. A second call only returns that. */
int report_finish(const struct report_end *end);

/* After a report_finish() the process goes on all the same: an exec failed. The next one tells
 * everything but the leaks that were told before. */
void report_reopen(void);

#endif

/* What the files behind report/report.h share: all that is to be told of the process. Between
 * visit_begin() and visit_end(). */
#ifndef REPORT_REPORTING_H
#define REPORT_REPORTING_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"
#include "report/model.h"
#include "report/sift.h"

struct reporting {
    const struct options *options; /* NULL before the start */
    struct told_run run;
    struct sifted sifted;           /* behind run.leaks */
    bool finished;                  /* the summary was told; run.heap is as of then */
    bool forked;                    /* a child: clean ones are not worth a line */
    const char *const *extra_notes; /* during report_finish() */
    size_t extra_note_count;
};
extern struct reporting reporting;

/* Brings `run` up to date: errors, heap, suppressions, what is incomplete. */
void reporting_refresh(void);

bool reporting_found_anything(void);
int reporting_exit_status(int own);
void reporting_write_json(bool last);
void reporting_tell_summary(void);

#endif

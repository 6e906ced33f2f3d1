/* The report for people: one piece of text per finding, leak group and summary. Pure: from the
 * model into a buffer. The first line of each piece starts "==PID== coalmine: "; an empty line ends
 * it. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "report/model.h"

struct text_style {
    int pid;
    bool color;
};

void text_error(struct strbuf *out, const struct text_style *style, const struct told_error *error);
void text_leak(struct strbuf *out, const struct text_style *style, const struct told_leak *leak);
void text_summary(struct strbuf *out, const struct text_style *style, const struct told_run *run);

/* Parts of such a piece: "  LABEL by thread 12 (worker) at:" and the stack, as much of it as is
 * known; the label in bold. */
void text_section(struct strbuf *out, const struct text_style *style, const char *label,
                  const struct thread_name *thread, const struct trace *trace);
void text_label(struct strbuf *out, const struct text_style *style, const char *words);
void text_alarm(struct strbuf *out, const struct text_style *style, const char *words); /* in red */

/* A section labelled "VERB with FUNCTION". */
void text_section_with(struct strbuf *out, const struct text_style *style, const char *verb,
                       const char *function, const struct thread_name *thread,
                       const struct trace *trace);

/* Who allocated the block in error; and who released it, where anything is known of that. */
void text_allocation(struct strbuf *out, const struct text_style *style,
                     const struct told_error *error);
void text_release(struct strbuf *out, const struct text_style *style, const char *label,
                  const struct told_error *error);

/* The one line of a run in which nothing was found. */
void text_clean(struct strbuf *out, const struct text_style *style, const struct told_run *run);

#endif

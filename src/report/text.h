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

/* The one line of a run in which nothing was found. */
void text_clean(struct strbuf *out, const struct text_style *style, const struct told_run *run);

#endif

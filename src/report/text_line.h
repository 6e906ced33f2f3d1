/* The report of production runs: one line for each error, that names what was done to which block
 * and the call that found it. Pure: from the model into a buffer. */
#ifndef REPORT_TEXT_LINE_H
#define REPORT_TEXT_LINE_H

#include "report/text.h"

void text_line(struct strbuf *out, const struct text_style *style, const struct told_error *error);

#endif

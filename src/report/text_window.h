/* Of what a sweep found: between which moments it happened, and what was allocated and released
 * beside the block meanwhile. Pure: from the model into a buffer. */
#ifndef REPORT_TEXT_WINDOW_H
#define REPORT_TEXT_WINDOW_H

#include "report/text.h"

void text_window(struct strbuf *out, const struct text_style *style,
                 const struct told_error *error);

#endif

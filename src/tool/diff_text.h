/* A comparison as people and as programs read it. */
#ifndef TOOL_DIFF_TEXT_H
#define TOOL_DIFF_TEXT_H

#include <stdio.h>

#include "tool/diff_file.h"
#include "tool/diff_series.h"

struct diff_style {
    size_t depth; /* frames shown of a stack */
    size_t top;   /* stacks shown of each part */
};

void diff_text(FILE *out, const struct series_list *list, const struct diff_file *files,
               const struct diff_style *style);

/* One document; false: no memory, or it could not be written. */
MUST_USE bool diff_json(FILE *out, const struct series_list *list, const struct diff_file *files);

#endif

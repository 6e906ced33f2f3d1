/* From a finding to the line that has later runs guard the site of its block. Pure. */
#ifndef REPORT_SITE_TEXT_H
#define REPORT_SITE_TEXT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/site_line.h"
#include "base/strbuf.h"
#include "report/model.h"

/* The site of a stack: its innermost frames, up to one that is in no module. False if that is the
 * first. Side, watch and block are left alone. */
MUST_USE bool site_of_trace(const struct trace *trace, struct site_line *out);

/* True if both have the same frames. */
MUST_USE bool site_is_same(const struct site_line *one, const struct site_line *other);

/* Where to stand and what to watch, to see the same damage done again. */
void site_suggest(const struct told_error *error, struct site_line *out);

/* A comment for people, and the line. */
void site_text(struct strbuf *out, const struct told_error *error, const struct trace *trace,
               const struct site_line *line);

#endif

/* What suppressions hid, and which hid nothing: for the summary and for the JSON report. Pure. */
#ifndef REPORT_SUPPRESSED_H
#define REPORT_SUPPRESSED_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "report/json.h"
#include "report/suppression.h"

/* True if one of the list, from `first` on, stood for something that was found. */
bool suppressed_any(const struct suppression *first);

/* "leak:PATTERN (FILE:LINE)" */
void suppressed_name(struct strbuf *out, const struct suppression *entry);

/* "at most 4096 bytes, 10 blocks" */
void suppressed_budget(struct strbuf *out, const struct suppression *entry);

/* Lines of the summary; none where there is nothing to say. */
void suppressed_text(struct strbuf *out, const struct suppression *first);

/* The members "suppressed" and "unused_suppressions" of the document. */
void suppressed_json(struct json *json, const struct suppression *first);

/* Members that say which suppression it is: "name", "file", "line"; with its budget, if it has one:
 * "most_bytes", "most_blocks". */
void suppressed_json_name(struct json *json, const struct suppression *entry);

#endif

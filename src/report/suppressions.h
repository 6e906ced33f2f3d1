/* All suppressions of this process, and what they hid. Read from files and from texts of the
 * program's own before there are findings; the rest under LOCK_REPORT. */
#ifndef REPORT_SUPPRESSIONS_H
#define REPORT_SUPPRESSIONS_H

#include "base/compiler.h"
#include "options/options.h"
#include "report/model.h"

/* Files by name, separated by commas; each one that cannot be read is one complaint. */
void suppressions_read_files(const char *list, options_complain *complain, void *context);

/* `title` stands for the text in complaints. The text itself is copied. */
void suppressions_read_text(const char *text, const char *title, options_complain *complain,
                            void *context);

const struct suppression *suppressions_first(void);

/* Counts the leak for what matches it, once for each leak of a report, and sets `match` to that:
 * the first without a budget, else the first with one. Then, with all leaks seen, tells which are
 * hidden. */
struct suppression *suppressions_match_leak(const struct told_leak *leak);
MUST_USE bool suppressions_hide_leak(struct suppression *match, const struct told_leak *leak);

/* The first that matches; NULL: none. The caller counts. */
struct suppression *suppressions_match_error(const struct told_error *error);

/* Nothing was hidden yet; no leaks: each search for them counts its own. */
void suppressions_forget(void);
void suppressions_forget_leaks(void);

/* Sums over all. */
struct suppression_tally suppressions_hidden(const struct suppression *first);

#endif

/* Reports of a moment, for who asks while the program runs: by the same writers as the report at
 * the end, to where the asker wants them; nothing is counted as told. Thread-safe, with none of our
 * locks held; keep errno. */
#ifndef REPORT_NOW_H
#define REPORT_NOW_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "inspect/leaks.h"
#include "inspect/snapshot.h"
#include "options/options.h"
#include "report/model.h"

enum now_form { NOW_TEXT, NOW_JSON };

/* The leaks and a summary; as JSON a whole report, with the errors found so far. Returns the status
 * to exit with: that of a run that had found only these leaks. */
int now_leaks(struct strbuf *out, enum now_form form, const struct leak_report *leaks);

/* Which of the leaks count, to `take`: run->leaks, leak_groups, totals, suppressions and what was
 * incomplete are those of this search. Called once, under LOCK_REPORT; false where nothing can be
 * told: before the start, and during the telling of an error. */
bool now_judge(const struct leak_report *leaks,
               void (*take)(void *context, const struct told_run *run,
                            const struct options *options),
               void *context);

/* Tells the leaks that count as at the end of the process, and to the same place: nothing where
 * there are none. */
void now_tell_leaks(const struct leak_report *leaks);

/* The figures of the heap. */
void now_stats(struct strbuf *out, enum now_form form);

/* As JSON the report so far; as text how many errors are in it. Of these, `found` are new. */
int now_errors(struct strbuf *out, enum now_form form, size_t found);

/* JSON that `coalmine diff` reads: see coalmine-snapshot(5). */
void now_snapshot(struct strbuf *out, const struct snapshot *snapshot);

#endif

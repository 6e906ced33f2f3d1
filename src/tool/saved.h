/* JSON reports of processes that have ended, read back into the model that the writers of all
 * formats work from. What was read stays in memory to the end of the command. */
#ifndef TOOL_SAVED_H
#define TOOL_SAVED_H

#include <stdbool.h>

#include "base/compiler.h"
#include "options/options.h"
#include "report/model.h"

/* One report, or several that were added up. */
struct saved {
    struct told_run run;
    struct leak_report leaks; /* behind run.leaks */
    struct told_leak *told_leaks;
    struct told_error *last_error;
    struct options options;  /* of the first */
    struct told_death death; /* behind run.death: of the first that died by a signal */
    unsigned reports;        /* added up so far */
    void *known;             /* tree of what was seen, by what makes it equal */
};

/* Adds the report in a file: equal errors, leaks and suppressions become one. Frames without names
 * get them, where the module is still there. False after a complaint. */
MUST_USE bool saved_add(struct saved *saved, const char *path);

/* Sums of errors and leaks anew, from the lists. */
void saved_recount(struct saved *saved);

/* Leaks by the most bytes first, as reports have them. */
void saved_sort(struct saved *saved);

#endif

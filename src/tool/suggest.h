/* Suppressions for what a report holds, ready to be used. */
#ifndef TOOL_SUGGEST_H
#define TOOL_SUGGEST_H

#include <stdbool.h>
#include <stdio.h>

#include "report/model.h"

enum suggest_style {
    SUGGEST_VALGRIND, /* an entry in braces with the whole stack: hides no other */
    SUGGEST_LSAN,     /* a line with the innermost function that has a name */
};

/* One for each leak, none twice. `budgets`: each allows no more than what it was made from. */
void suggest_suppressions(FILE *out, const struct told_run *run, enum suggest_style style,
                          bool budgets);

#endif

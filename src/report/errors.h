/* The errors found so far: equal ones are one entry with a count. Under LOCK_REPORT. */
#ifndef REPORT_ERRORS_H
#define REPORT_ERRORS_H

#include "base/compiler.h"
#include "report/model.h"

enum { ERRORS_MOST = 1000 }; /* different ones that are kept and shown */

/* Equal: same kind, same stacks, same way of being found, same function. NULL: a new one. */
MUST_USE struct told_error *errors_find(const struct finding *finding);

/* Keeps a new one, with a count of 1; the rest is the caller's. NULL: no memory, or too many. */
MUST_USE struct told_error *errors_add(const struct finding *finding);

/* Takes the one added last out of the list of those to tell; it is still found. */
void errors_hide_last(void);

const struct told_error *errors_first(void);
uint32_t errors_kept(void);
void errors_forget(void);

#endif

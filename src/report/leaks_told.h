/* Leaks that people have read of: a process that goes on after a failed exec tells them once. Under
 * LOCK_REPORT. */
#ifndef REPORT_LEAKS_TOLD_H
#define REPORT_LEAKS_TOLD_H

#include <stdbool.h>

#include "base/compiler.h"
#include "inspect/leaks.h"

/* False if this group was added before, just as it is. */
MUST_USE bool leaks_told_add(const struct leak_group *group);
void leaks_told_forget(void);

#endif

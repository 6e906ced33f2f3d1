/* What a hunt comes to: the errors of all runs in the order of their causes, and how many bugs that
 * makes. */
#ifndef TOOL_HUNT_VERDICT_H
#define TOOL_HUNT_VERDICT_H

#include <stddef.h>

#include "report/model.h"
#include "tool/hunt_plan.h"
#include "tool/saved.h"

enum { HUNT_PLACE_BYTES = 256 };

/* "function (file:line)" of the innermost call that is known by name, of the program's own
 * before what stands in the system's headers. */
void hunt_place(const struct trace *trace, char *out, size_t capacity);

/* Puts what did damage right behind the last of the errors that tell of it; no order is changed
 * otherwise. */
void hunt_verdict_order(const struct hunt_plan *plan, struct saved *total);

/* For people, in lines: each bug, and whether who did it is known. Damage counts with what did it,
 * and once for all views of it; without any error it says so. To be freed. */
MUST_USE char *hunt_verdict(const struct hunt_plan *plan, const struct saved *total, unsigned runs);

#endif

/* Whether a suppression stands for a finding. Pure.
 *
 * Stacks here begin with the program's own caller, those that suppressions were written for with
 * malloc() and kin: a suppression's innermost frames may name the allocator's functions all the
 * same. */
#ifndef REPORT_SUPPRESSION_MATCH_H
#define REPORT_SUPPRESSION_MATCH_H

#include <stdbool.h>

#include "report/model.h"
#include "report/suppression.h"

bool suppression_matches_leak(const struct suppression *entry, const struct told_leak *leak);
bool suppression_matches_error(const struct suppression *entry, const struct told_error *error);

#endif

/* The findings of several runs of one program as those of one. */
#ifndef TOOL_HUNT_MERGE_H
#define TOOL_HUNT_MERGE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "tool/saved.h"

/* Adds a run: what is equal stays one entry, with the greater of the counts. What only one run has,
 * from its process id to its end, is that of the run added last. */
void hunt_merge(struct saved *total, const struct saved *run);

/* The entry that is equal; NULL: none. */
MUST_USE struct told_error *hunt_merge_find(const struct saved *in, const struct told_error *error);

/* The same, or another view of it: damage to the same bytes that is found at free in one run, and
 * at exit in the next, or from the block on its other side. */
MUST_USE bool hunt_merge_has_alike(const struct saved *in, const struct told_error *error);

#endif

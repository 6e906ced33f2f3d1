/* Which errors of a hunt belong together: views of the same damage, and the access that did it.
 * Pure. */
#ifndef TOOL_HUNT_MATCH_H
#define TOOL_HUNT_MATCH_H

#include <stdbool.h>

#include "base/compiler.h"
#include "report/model.h"

/* Of a block, from the least to the most. */
enum hunt_match {
    HUNT_MATCH_NONE,
    HUNT_MATCH_KIND,  /* same site and side, but other bytes, or it is not known which */
    HUNT_MATCH_BYTES, /* the same bytes, counted from the end of the block that they lie at */
    HUNT_MATCH_BLOCK, /* the same block as well, by its number among those of its site */
};

/* Found only after it was done: nobody knows the access. */
MUST_USE bool hunt_is_damage(const struct told_error *error);

/* True for damage, or a read of what is not the block's, whose guilty access is known. */
MUST_USE bool hunt_is_caught(const struct told_error *error);

MUST_USE bool hunt_is_write(const struct told_error *caught);

/* How well two errors tell of the same bytes. Damage between two blocks is past the end of one and
 * before the start of the other: the better of both counts. */
MUST_USE enum hunt_match hunt_match(const struct told_error *one, const struct told_error *other);

/* False where the errors tell of bytes that cannot be the same. */
MUST_USE bool hunt_match_may_be(const struct told_error *one, const struct told_error *other);

/* The one that the other error's block is of, or the one beside it, has the caught one's site. */
MUST_USE bool hunt_match_site(const struct told_error *caught, const struct told_error *error);

#endif

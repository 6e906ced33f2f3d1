/* What a hunt is after, and what it tries next. An error is open while damage was seen and nobody
 * knows who did it: found after the fact, without the stack of the access. It is caught when a
 * write of that kind is, to a block of the same site. A read of the damaged bytes may come right
 * before the write (x += 1), and has the guard opened: it counts only once a watchpoint was tried
 * as well. */
#ifndef TOOL_HUNT_PLAN_H
#define TOOL_HUNT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "report/model.h"
#include "tool/saved.h"

/* In the order in which they are tried. */
enum hunt_step {
    HUNT_FIRST, /* as the user wants it */
    HUNT_SITES, /* guards where the damage was, on that side */
    HUNT_EXACT, /* the same with no room left between block and guard */
    HUNT_OTHER, /* the other side */
    HUNT_ALL,   /* every block, the guard behind it */
    HUNT_ALL_BEFORE,
    HUNT_GIVE_UP,
};

enum { HUNT_MOST = 128 }; /* errors that are hunted at a time */

struct hunt_plan {
    enum hunt_step step;
    const struct told_error *open[HUNT_MOST]; /* entries of the total */
    size_t count;
    bool has_read;                               /* of one of them a read was caught */
    const struct told_error *settled[HUNT_MOST]; /* see hunt_plan_settle() */
    size_t settled_count;
};

/* True for damage, or a read of what is not the block's, whose guilty access is known. */
MUST_USE bool hunt_is_caught(const struct told_error *error);

/* The best that is known of who damaged the error's block; NULL: nothing. */
MUST_USE const struct told_error *hunt_find_caught(const struct saved *total,
                                                   const struct told_error *error);

/* Before a run is merged into the total: damage that is not seen in it, while it has a write that
 * was never caught before, was done by that one. It must be to a block of the site; with all blocks
 * guarded, to any. */
void hunt_plan_settle(struct hunt_plan *plan, const struct saved *total, const struct saved *run);

/* After each run: what is open now. */
void hunt_plan_look(struct hunt_plan *plan, const struct saved *total);

/* Moves to what is worth trying next; HUNT_GIVE_UP after the last. */
void hunt_plan_next(struct hunt_plan *plan);

/* The options of the step, as a text for the library: "guard=sites:…"; "" for the first. */
const char *hunt_plan_options(const struct hunt_plan *plan);

/* Writes the sites of what is open. How many; -1 after a complaint. */
MUST_USE int hunt_plan_write_sites(const struct hunt_plan *plan, const char *path);

/* What the step does, for people; `sites` as written. */
MUST_USE char *hunt_plan_describe(const struct hunt_plan *plan, int sites);

#endif

/* What a hunt is after, and what it tries next. An error is open while damage was seen and nobody
 * knows who did it: found after the fact, without the stack of the access. It is caught when a
 * write to its bytes is: those at the same distance from the end of a block of the same site. A
 * read of the damaged bytes may come right before the write (x += 1), and has the guard opened: it
 * counts only once a watchpoint was tried as well, where one can be. */
#ifndef TOOL_HUNT_PLAN_H
#define TOOL_HUNT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/site_line.h"
#include "options/options.h"
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

struct hunt_settled {
    const struct told_error *error; /* of the total */
    const struct told_error *by;    /* of the run */
};

struct hunt_sites {
    struct site_line sites[2 * HUNT_MOST];
    size_t count;
};

struct hunt_plan {
    enum hunt_step step;
    const struct told_error *open[HUNT_MOST]; /* entries of the total */
    size_t count;
    bool has_read;                          /* of one of them a read was caught */
    struct hunt_settled settled[HUNT_MOST]; /* see hunt_plan_settle() */
    size_t settled_count;
    struct hunt_sites guarded; /* in the run of HUNT_SITES */
    bool is_after_crash;       /* the step is for a crash without any finding */
};

/* The best that is known of who did the damage, an entry of the total; NULL: nothing. */
MUST_USE const struct told_error *hunt_plan_culprit(const struct hunt_plan *plan,
                                                    const struct saved *total,
                                                    const struct told_error *error);

/* Before a run is merged into the total: damage that is not seen in it, while it has a write that
 * was never caught before, was done by that one. It must be to a block of the site; with all blocks
 * guarded, to any; and not be what did other damage. */
void hunt_plan_settle(struct hunt_plan *plan, const struct saved *total, const struct saved *run);

/* After each run: what is open now. */
void hunt_plan_look(struct hunt_plan *plan, const struct saved *total);

/* Moves to what is worth trying next; HUNT_GIVE_UP after the last. */
void hunt_plan_next(struct hunt_plan *plan);

/* Moves to the next step after a run that crashed and found nothing, as these did so far: all
 * blocks guarded, but not as the user's options had it. */
void hunt_plan_after_crash(struct hunt_plan *plan, const struct options *options);

/* The options of the step, as a text for the library: "guard=sites:…"; "" for the first. */
const char *hunt_plan_options(const struct hunt_plan *plan);

/* Writes the sites of what is open, each once. How many; -1 after a complaint. */
MUST_USE int hunt_plan_write_sites(struct hunt_plan *plan, const char *path);

/* What the step does, for people; `sites` as written. */
MUST_USE char *hunt_plan_describe(const struct hunt_plan *plan, int sites);

#endif

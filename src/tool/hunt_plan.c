#include "tool/hunt_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/site_text.h"
#include "tool/complain.h"
#include "tool/hunt_merge.h"

enum {
    SLACK_BYTES = 16, /* between a block and its guard there are fewer, by malloc's alignment */
    ENTRY_BYTES = 16 * 1024,
};

static bool is_damage(const struct told_error *error)
{
    return error->finding.kind <= FINDING_USE_AFTER_FREE && error->finding.has_block;
}

bool hunt_is_caught(const struct told_error *error)
{
    return is_damage(error) && error->access.count > 0;
}

static bool is_write(const struct told_error *caught)
{
    return caught->finding.access != ACCESS_READ;
}

static bool is_after_the_fact(const struct told_error *error)
{
    return is_damage(error) && error->access.count == 0;
}

static bool is_of_site(const struct told_error *caught, const struct trace *trace)
{
    struct site_line one, other;
    return site_of_trace(&caught->alloc, &one) && site_of_trace(trace, &other) &&
           site_is_same(&one, &other);
}

/* From the end of its block, or for what is before it or freed, from its start. */
static ptrdiff_t place_of(const struct finding *finding)
{
    ptrdiff_t end = finding->kind == FINDING_OVERFLOW ? (ptrdiff_t)finding->block.size_bytes : 0;
    return finding->offset - end;
}

static bool overlap(const struct finding *one, const struct finding *other)
{
    ptrdiff_t a = place_of(one), b = place_of(other);
    ptrdiff_t a_length = one->bad_bytes > 0 ? (ptrdiff_t)one->bad_bytes : 1;
    ptrdiff_t b_length = other->bad_bytes > 0 ? (ptrdiff_t)other->bad_bytes : 1;
    return one->kind == other->kind && a < b + b_length && b < a + a_length;
}

static bool is_of_its_site(const struct told_error *caught, const struct told_error *error)
{
    return is_of_site(caught, &error->alloc) || is_of_site(caught, &error->neighbour_alloc);
}

/* Damage between two blocks may be that of the other one: that shows when it comes no more. */
static bool explains(const struct told_error *caught, const struct told_error *error)
{
    return hunt_is_caught(caught) && caught->finding.kind == error->finding.kind &&
           is_of_site(caught, &error->alloc);
}

const struct told_error *hunt_find_caught(const struct saved *total, const struct told_error *error)
{
    const struct told_error *read = NULL;
    for (const struct told_error *other = total->run.errors; other; other = other->next) {
        if (explains(other, error) && is_write(other)) {
            return other;
        }
        if (explains(other, error) && overlap(&other->finding, &error->finding)) {
            read = other;
        }
    }
    return read;
}

static bool is_settled(const struct hunt_plan *plan, const struct saved *total,
                       const struct told_error *error)
{
    for (size_t i = 0; i < plan->settled_count; i++) {
        if (plan->settled[i] == error) {
            return true;
        }
    }
    const struct told_error *caught = hunt_find_caught(total, error);
    return caught && (is_write(caught) || plan->step >= HUNT_OTHER);
}

/* A write that no run before has caught, and that may be to any block, or is to one of the error's
 * site. */
static bool has_new_write(const struct hunt_plan *plan, const struct saved *total,
                          const struct saved *run, const struct told_error *error)
{
    bool all = plan->step == HUNT_ALL || plan->step == HUNT_ALL_BEFORE;
    for (const struct told_error *other = run->run.errors; other; other = other->next) {
        if (hunt_is_caught(other) && is_write(other) && (all || is_of_its_site(other, error)) &&
            !hunt_merge_find(total, other)) {
            return true;
        }
    }
    return false;
}

void hunt_plan_settle(struct hunt_plan *plan, const struct saved *total, const struct saved *run)
{
    for (size_t i = 0; i < plan->count && plan->settled_count < HUNT_MOST; i++) {
        const struct told_error *error = plan->open[i];
        if (!hunt_merge_has_alike(run, error) && has_new_write(plan, total, run, error)) {
            plan->settled[plan->settled_count++] = error;
        }
    }
}

void hunt_plan_look(struct hunt_plan *plan, const struct saved *total)
{
    plan->count = 0;
    plan->has_read = false;
    for (const struct told_error *error = total->run.errors; error; error = error->next) {
        if (is_after_the_fact(error) && !is_settled(plan, total, error) &&
            plan->count < HUNT_MOST) {
            plan->open[plan->count++] = error;
            plan->has_read |= hunt_find_caught(total, error) != NULL;
        }
    }
}

/* Damage that a guard cannot see, since the block's alignment leaves room for it. */
static bool is_in_slack(const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    ptrdiff_t past = finding->offset - (ptrdiff_t)finding->block.size_bytes;
    return finding->kind == FINDING_OVERFLOW && finding->has_offset && past >= 0 &&
           past < SLACK_BYTES && finding->block.size_bytes % SLACK_BYTES != 0;
}

static bool has_site(const struct told_error *error)
{
    struct site_line site;
    return site_of_trace(&error->alloc, &site) || site_of_trace(&error->neighbour_alloc, &site);
}

/* Of a freed block all is guard, on whatever side. */
static bool has_sides(const struct told_error *error)
{
    return has_site(error) && error->finding.kind != FINDING_USE_AFTER_FREE;
}

static bool any(const struct hunt_plan *plan, bool (*is)(const struct told_error *error))
{
    for (size_t i = 0; i < plan->count; i++) {
        if (is(plan->open[i])) {
            return true;
        }
    }
    return false;
}

void hunt_plan_next(struct hunt_plan *plan)
{
    bool useful;
    do {
        plan->step++;
        useful = plan->step == HUNT_SITES   ? any(plan, has_site)
                 : plan->step == HUNT_EXACT ? any(plan, is_in_slack) && !plan->has_read
                 : plan->step == HUNT_OTHER ? any(plan, has_sides)
                                            : true;
    } while (!useful && plan->step < HUNT_GIVE_UP);
}

const char *hunt_plan_options(const struct hunt_plan *plan)
{
    static const char *const options[] = {
        [HUNT_FIRST] = "",
        [HUNT_SITES] = "guard=sites",
        [HUNT_EXACT] = "guard=sites:guard_align=1",
        [HUNT_OTHER] = "guard=sites",
        [HUNT_ALL] = "guard=all:guard_side=after",
        [HUNT_ALL_BEFORE] = "guard=all:guard_side=before",
        [HUNT_GIVE_UP] = "",
    };
    return options[plan->step];
}

static enum site_side side_of(const struct hunt_plan *plan, enum site_side suggested)
{
    switch (plan->step) {
    case HUNT_EXACT:
    case HUNT_ALL:
        return SITE_AFTER;
    case HUNT_ALL_BEFORE:
        return SITE_BEFORE;
    case HUNT_OTHER:
        return suggested == SITE_AFTER ? SITE_BEFORE : SITE_AFTER;
    default:
        return suggested;
    }
}

/* The sites written so far, so that none is written twice. */
struct written {
    struct site_line sites[2 * HUNT_MOST];
    int count;
};

static void write_site(FILE *out, const struct hunt_plan *plan, const struct told_error *error,
                       const struct trace *trace, struct written *written)
{
    static char room[ENTRY_BYTES];
    struct site_line site;
    if (!site_of_trace(trace, &site)) {
        return;
    }
    for (int i = 0; i < written->count; i++) {
        if (site_is_same(&written->sites[i], &site)) {
            return;
        }
    }
    site_suggest(error, &site);
    site.side = side_of(plan, site.side);
    if (trace != &error->alloc) { /* the other block that may have done it: from its other end */
        site.side = site.side == SITE_AFTER ? SITE_BEFORE : SITE_AFTER;
        site.watch = SITE_WATCH_NONE;
        site.block = 0;
    }
    written->sites[written->count++] = site;
    struct strbuf text;
    strbuf_init(&text, room, sizeof room);
    site_text(&text, error, trace, &site);
    fputs(room, out);
}

int hunt_plan_write_sites(const struct hunt_plan *plan, const char *path)
{
    static struct written written;
    written.count = 0;
    FILE *out = fopen(path, "we");
    for (size_t i = 0; out && i < plan->count; i++) {
        write_site(out, plan, plan->open[i], &plan->open[i]->alloc, &written);
        write_site(out, plan, plan->open[i], &plan->open[i]->neighbour_alloc, &written);
    }
    if (!out || fclose(out) != 0) {
        complain("cannot write %s: %s", path, strerror(errno));
        return -1;
    }
    return written.count;
}

char *hunt_plan_describe(const struct hunt_plan *plan, int sites)
{
    const char *plural = sites == 1 ? "" : "s";
    switch (plan->step) {
    case HUNT_SITES:
        return make_text("guards on the blocks of %d site%s, on the side of the damage", sites,
                         plural);
    case HUNT_EXACT:
        return make_text("the same, with no room between block and guard (guard_align=1)");
    case HUNT_OTHER:
        return make_text("guards on the blocks of %d site%s, on the other side", sites, plural);
    case HUNT_ALL:
        return make_text("guards behind all blocks");
    case HUNT_ALL_BEFORE:
        return make_text("guards before all blocks");
    default:
        return copy_text("as it is");
    }
}

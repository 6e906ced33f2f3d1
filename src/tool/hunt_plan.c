#include "tool/hunt_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/site_text.h"
#include "tool/complain.h"
#include "tool/hunt_match.h"
#include "tool/hunt_merge.h"

enum {
    SLACK_BYTES = 16, /* between a block and its guard there are fewer, by malloc's alignment */
    ENTRY_BYTES = 16 * 1024,
};

/* True for a write, or where a read is as near as it gets: nothing else than what it opened could
 * show the write behind it. */
static bool is_enough(const struct hunt_plan *plan, const struct told_error *error,
                      const struct told_error *caught)
{
    return hunt_is_write(caught) || plan->step >= HUNT_OTHER ||
           error->finding.kind == FINDING_USE_AFTER_FREE;
}

/* That it belongs to other bytes is known, where it does. */
static bool belongs_elsewhere(const struct saved *total, const struct told_error *caught,
                              const struct told_error *error)
{
    for (const struct told_error *other = total->run.errors; other; other = other->next) {
        if (other != error && hunt_is_damage(other) &&
            hunt_match(caught, other) >= HUNT_MATCH_BYTES) {
            return true;
        }
    }
    return false;
}

/* How well an access explains the damage. A read of other bytes says nothing. */
static enum hunt_match explains(const struct saved *total, const struct told_error *caught,
                                const struct told_error *error)
{
    enum hunt_match match = hunt_match(caught, error);
    if (!hunt_is_caught(caught) || match >= HUNT_MATCH_BYTES) {
        return hunt_is_caught(caught) ? match : HUNT_MATCH_NONE;
    }
    bool loosely = hunt_is_write(caught) && hunt_match_may_be(caught, error) &&
                   !belongs_elsewhere(total, caught, error);
    return loosely ? match : HUNT_MATCH_NONE;
}

static const struct told_error *settled_by(const struct hunt_plan *plan, const struct saved *total,
                                           const struct told_error *error)
{
    for (size_t i = 0; i < plan->settled_count; i++) {
        if (plan->settled[i].error == error) {
            return hunt_merge_find(total, plan->settled[i].by);
        }
    }
    return NULL;
}

const struct told_error *hunt_plan_culprit(const struct hunt_plan *plan, const struct saved *total,
                                           const struct told_error *error)
{
    const struct told_error *best = NULL;
    enum hunt_match best_match = HUNT_MATCH_NONE;
    for (const struct told_error *other = total->run.errors; other; other = other->next) {
        enum hunt_match match = explains(total, other, error);
        bool is_better = best && hunt_is_write(other) != hunt_is_write(best) ? hunt_is_write(other)
                                                                             : match > best_match;
        if (match > HUNT_MATCH_NONE && is_better) {
            best = other;
            best_match = match;
        }
    }
    const struct told_error *settled = settled_by(plan, total, error);
    return settled && best_match < HUNT_MATCH_BYTES ? settled : best;
}

static bool is_settled(const struct hunt_plan *plan, const struct saved *total,
                       const struct told_error *error)
{
    const struct told_error *caught = hunt_plan_culprit(plan, total, error);
    return caught && is_enough(plan, error, caught);
}

/* A write that no run before has caught, that may be to any block or is to one of the error's site,
 * and explains no other damage. */
static const struct told_error *new_write(const struct hunt_plan *plan, const struct saved *total,
                                          const struct saved *run, const struct told_error *error)
{
    bool all = plan->step == HUNT_ALL || plan->step == HUNT_ALL_BEFORE;
    for (const struct told_error *other = run->run.errors; other; other = other->next) {
        if (hunt_is_caught(other) && hunt_is_write(other) &&
            (all || hunt_match_site(other, error)) && !hunt_merge_find(total, other) &&
            !belongs_elsewhere(total, other, error)) {
            return other;
        }
    }
    return NULL;
}

void hunt_plan_settle(struct hunt_plan *plan, const struct saved *total, const struct saved *run)
{
    for (size_t i = 0; i < plan->count && plan->settled_count < HUNT_MOST; i++) {
        const struct told_error *error = plan->open[i];
        const struct told_error *by = new_write(plan, total, run, error);
        if (by && !hunt_merge_has_alike(run, error)) {
            plan->settled[plan->settled_count++] = (struct hunt_settled){error, by};
        }
    }
}

void hunt_plan_look(struct hunt_plan *plan, const struct saved *total)
{
    plan->count = 0;
    plan->has_read = false;
    for (const struct told_error *error = total->run.errors; error; error = error->next) {
        if (hunt_is_damage(error) && !is_settled(plan, total, error) && plan->count < HUNT_MOST) {
            plan->open[plan->count++] = error;
            plan->has_read |= hunt_plan_culprit(plan, total, error) != NULL;
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
    if (plan->is_after_crash) { /* now there is more to go by */
        plan->step = HUNT_FIRST;
        plan->is_after_crash = false;
    }
    do {
        plan->step++;
        useful = plan->step == HUNT_SITES   ? any(plan, has_site)
                 : plan->step == HUNT_EXACT ? any(plan, is_in_slack) && !plan->has_read
                 : plan->step == HUNT_OTHER ? any(plan, has_sides)
                                            : true;
    } while (!useful && plan->step < HUNT_GIVE_UP);
}

void hunt_plan_after_crash(struct hunt_plan *plan, const struct options *options)
{
    bool had_all = plan->step == HUNT_FIRST && options->guard == OPTIONS_GUARD_ALL;
    bool was_before = had_all && options->guard_side == OPTIONS_SIDE_BEFORE;
    if (plan->step >= HUNT_ALL || (had_all && !was_before)) {
        plan->step = plan->step == HUNT_ALL_BEFORE ? HUNT_GIVE_UP : HUNT_ALL_BEFORE;
    } else {
        plan->step = HUNT_ALL;
    }
    plan->is_after_crash = true;
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

static enum site_side opposite(enum site_side side)
{
    return side == SITE_AFTER ? SITE_BEFORE : SITE_AFTER;
}

static const struct site_line *find_site(const struct hunt_sites *in, const struct site_line *site)
{
    for (size_t i = 0; i < in->count; i++) {
        if (site_is_same(&in->sites[i], site)) {
            return &in->sites[i];
        }
    }
    return NULL;
}

/* A site has one line, so one side in a run: the other side is that of where guards stood, which is
 * not always that of the damage. */
static enum site_side side_of(const struct hunt_plan *plan, const struct site_line *site)
{
    const struct site_line *before = find_site(&plan->guarded, site);
    switch (plan->step) {
    case HUNT_EXACT:
    case HUNT_ALL:
        return SITE_AFTER;
    case HUNT_ALL_BEFORE:
        return SITE_BEFORE;
    case HUNT_OTHER:
        return opposite(before ? before->side : site->side);
    default:
        return site->side;
    }
}

static void write_site(FILE *out, const struct hunt_plan *plan, const struct told_error *error,
                       const struct trace *trace, struct hunt_sites *written)
{
    static char room[ENTRY_BYTES];
    struct site_line site;
    if (!site_of_trace(trace, &site)) {
        return;
    }
    if (find_site(written, &site)) {
        return;
    }
    site_suggest(error, &site);
    if (trace != &error->alloc) { /* the other block that may have done it: from its other end */
        site.side = opposite(site.side);
        site.watch = SITE_WATCH_NONE;
        site.block = 0;
    }
    site.side = side_of(plan, &site);
    written->sites[written->count++] = site;
    struct strbuf text;
    strbuf_init(&text, room, sizeof room);
    site_text(&text, error, trace, &site);
    fputs(room, out);
}

int hunt_plan_write_sites(struct hunt_plan *plan, const char *path)
{
    static struct hunt_sites written;
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
    if (plan->step == HUNT_SITES) {
        plan->guarded = written;
    }
    return (int)written.count;
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

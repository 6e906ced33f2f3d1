#include "tool/hunt_match.h"

#include "report/site_text.h"

/* The end of a block that bytes lie at, and where, from there. */
struct view {
    enum finding_kind kind;
    const struct trace *site;
    bool has_place, is_only; /* only: it was seen once, so never at other bytes */
    ptrdiff_t place, length; /* valid with has_place */
    uint64_t block_number;   /* 0: not known */
};

bool hunt_is_damage(const struct told_error *error)
{
    return error->finding.kind <= FINDING_USE_AFTER_FREE && error->finding.has_block &&
           error->access.count == 0;
}

bool hunt_is_caught(const struct told_error *error)
{
    return error->finding.kind <= FINDING_USE_AFTER_FREE && error->finding.has_block &&
           error->access.count > 0;
}

bool hunt_is_write(const struct told_error *caught)
{
    return caught->finding.access != ACCESS_READ;
}

static bool is_same_site(const struct trace *one, const struct trace *other)
{
    struct site_line a, b;
    return site_of_trace(one, &a) && site_of_trace(other, &b) && site_is_same(&a, &b);
}

bool hunt_match_site(const struct told_error *caught, const struct told_error *error)
{
    return is_same_site(&caught->alloc, &error->alloc) ||
           is_same_site(&caught->alloc, &error->neighbour_alloc);
}

static struct view view_of(const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    ptrdiff_t end = finding->kind == FINDING_OVERFLOW ? (ptrdiff_t)finding->block.size_bytes : 0;
    ptrdiff_t length = (ptrdiff_t)(finding->bad_bytes + finding->offset_spread);
    return (struct view){
        .kind = finding->kind,
        .site = &error->alloc,
        .has_place = finding->has_offset,
        .is_only = error->count == 1,
        .place = finding->offset - end,
        .length = length > 0 ? length : 1,
        .block_number = error->block_number,
    };
}

/* From the block on the damage's other side. False: there is none. */
static bool view_from_beside(const struct told_error *error, struct view *out)
{
    const struct finding *finding = &error->finding;
    const struct block_info *beside = &finding->neighbour;
    if (!finding->has_neighbour || !finding->has_offset ||
        finding->kind == FINDING_USE_AFTER_FREE) {
        return false;
    }
    uintptr_t address = finding->block.address + (uintptr_t)finding->offset;
    uintptr_t end =
        beside->address > address ? beside->address : beside->address + beside->size_bytes;
    *out = view_of(error);
    out->kind = beside->address > address ? FINDING_UNDERFLOW : FINDING_OVERFLOW;
    out->site = &error->neighbour_alloc;
    out->place = (ptrdiff_t)(address - end);
    out->block_number = 0;
    return true;
}

static bool overlap(const struct view *one, const struct view *other)
{
    return one->place < other->place + other->length && other->place < one->place + one->length;
}

static enum hunt_match compare(const struct view *one, const struct view *other)
{
    if (one->kind != other->kind || !is_same_site(one->site, other->site)) {
        return HUNT_MATCH_NONE;
    }
    if (!one->has_place || !other->has_place || !overlap(one, other)) {
        return HUNT_MATCH_KIND;
    }
    bool same = one->block_number > 0 && one->block_number == other->block_number;
    return same ? HUNT_MATCH_BLOCK : HUNT_MATCH_BYTES;
}

/* Both views of each, where there are two. */
struct views {
    struct view of[2];
    unsigned count;
};

static struct views views_of(const struct told_error *error)
{
    struct views views = {.of = {view_of(error)}, .count = 1};
    views.count += view_from_beside(error, &views.of[1]);
    return views;
}

enum hunt_match hunt_match(const struct told_error *one, const struct told_error *other)
{
    struct views a = views_of(one), b = views_of(other);
    enum hunt_match best = HUNT_MATCH_NONE;
    for (unsigned i = 0; i < a.count; i++) {
        for (unsigned k = 0; k < b.count; k++) {
            enum hunt_match found = compare(&a.of[i], &b.of[k]);
            best = found > best ? found : best;
        }
    }
    return best;
}

bool hunt_match_may_be(const struct told_error *one, const struct told_error *other)
{
    struct view a = view_of(one), b = view_of(other);
    bool known = a.has_place && b.has_place && a.is_only && b.is_only;
    enum hunt_match match = hunt_match(one, other);
    return match >= HUNT_MATCH_BYTES || (match == HUNT_MATCH_KIND && !known);
}

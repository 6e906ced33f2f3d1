#include "inspect/scan.h"

#include "alloc/allocate.h"
#include "alloc/generation.h"
#include "alloc/lookup.h"
#include "inspect/groups.h"
#include "os/maps.h"
#include "os/pages.h"

enum { PLACES_MOST = 4096 };

/* What is lost is left alone by both. */
static const struct mark_rule from_roots = {
    .raises = 1u << CENSUS_UNSEEN | 1u << CENSUS_TOUCHED | 1u << CENSUS_LASTING,
    .to = CENSUS_REACHED,
    .tells_interior = true,
    .touches = 1u << CENSUS_UNSEEN,
};
static const struct mark_rule from_runtime = {
    .raises = 1u << CENSUS_UNSEEN | 1u << CENSUS_TOUCHED,
    .to = CENSUS_LASTING,
    .tells_interior = true,
    .touches = 1u << CENSUS_UNSEEN,
};

/* Never lost: what was to be ignored, what a child inherited (after a fork, only a thread of the
 * parent's may hold it), what the loader made. */
static uint8_t judge(void *context, const struct record *record)
{
    struct scan *scan = context;
    uint32_t birth = record->free_stack;
    bool kept = birth_is_ignored(birth) || heap_is_inherited(birth) ||
                runtime_part_of(&scan->runtime, record->alloc_stack) == RUNTIME_OWN;
    bool old = birth_generation(birth) < scan->since;
    return (uint8_t)((kept ? CENSUS_KEPT : 0) | (old ? CENSUS_OLD : 0));
}

static bool note_mapping(void *context, const struct os_map *map)
{
    struct scan *scan = context;
    runtime_note(&scan->runtime, map);
    if (map->path[0] == '/' && !map->writable && map->readable) {
        ranges_add(&scan->places.read_only, map->start, map->end);
    }
    if (map->executable) {
        ranges_add(&scan->places.executable, map->start, map->end);
    }
    uintptr_t start, end;
    heap_range(&start, &end);
    if (!map->readable && map->end > start && map->start < heap_frontier()) {
        ranges_add(&scan->closed, map->start, map->end);
    }
    return true;
}

static bool note_places(struct scan *scan)
{
    if (!ranges_start(&scan->places.read_only, PLACES_MOST) ||
        !ranges_start(&scan->places.executable, PLACES_MOST) ||
        !ranges_start(&scan->closed, PLACES_MOST)) {
        return false;
    }
    scan->closed.full = !os_maps_each(note_mapping, scan);
    runtime_settle(&scan->runtime);
    ranges_settle(&scan->places.read_only);
    ranges_settle(&scan->places.executable);
    ranges_settle(&scan->closed);
    return true;
}

static void end_places(struct scan *scan)
{
    ranges_end(&scan->places.read_only);
    ranges_end(&scan->places.executable);
    ranges_end(&scan->closed);
}

bool scan_start(struct scan *scan, const struct scan_scene *scene, uint32_t since)
{
    *scan = (struct scan){.since = since};
    if (!runtime_start(&scan->runtime)) {
        return false;
    }
    if (!note_places(scan) || !census_take(&scan->census, judge, scan)) {
        goto no_census;
    }
    if (!marker_start(&scan->marker, &scan->census, &scan->places, &scan->closed, scene->careful)) {
        goto no_marker;
    }
    scan->roots = (struct roots){
        .marker = &scan->marker,
        .runtime = &scan->runtime,
        .threads = scene->threads,
        .thread_count = scene->thread_count,
        .tid = scene->tid,
        .site_sp = scene->site_sp,
        .thread_pointer = scene->thread_pointer,
        .bare = scene->bare,
    };
    if (roots_start(&scan->roots)) {
        roots_leave_out(&scan->roots, scene->answer.start, scene->answer.end);
        return true;
    }
    marker_end(&scan->marker);
no_marker:
    census_drop(&scan->census);
no_census:
    end_places(scan);
    runtime_end(&scan->runtime);
    return false;
}

void scan_end(struct scan *scan)
{
    roots_end(&scan->roots);
    marker_end(&scan->marker);
    census_drop(&scan->census);
    end_places(scan);
    runtime_end(&scan->runtime);
}

static bool mark_visited(void *context, const struct resident *block)
{
    mark_block(context, block->slot, block->address);
    return true;
}

static void mark_where(struct scan *scan, uint8_t mask, uint8_t value)
{
    census_each(&scan->census, mask, value, true, mark_visited, &scan->marker);
    mark_all_pending(&scan->marker);
}

/* With reachable blocks wanted, what only the run time's data leads to stays at a level below. */
static void mark_from_roots(struct scan *scan, bool with_reachable)
{
    struct marker *marker = &scan->marker;
    if (with_reachable) {
        marker->rule = from_runtime;
        roots_mark_runtime(&scan->roots);
        mark_all_pending(marker);
    }
    marker->rule = from_roots;
    roots_mark(&scan->roots, !with_reachable);
    mark_where(scan, CENSUS_KEPT, CENSUS_KEPT);
    if (scan->since > 0) { /* what hangs on an old block is not lost while that one may be in use */
        mark_where(scan, CENSUS_LEVEL_MASK | CENSUS_OLD, CENSUS_TOUCHED | CENSUS_OLD);
    }
}

struct sorting {
    struct scan *scan;
    struct groups groups;
    enum leak_kind kind;
};

/* A block is its own leader; what else it leads to and nobody has counted is counted under it. */
static bool group_leader(void *context, const struct resident *block)
{
    struct sorting *sorting = context;
    struct marker *marker = &sorting->scan->marker;
    marker->blocks = marker->bytes = 0;
    mark_contents_of(marker, block->slot, block->address);
    mark_all_pending(marker);
    return groups_add(&sorting->groups, sorting->kind, block, marker->blocks, marker->bytes);
}

static bool group_possible(struct sorting *sorting)
{
    struct scan *scan = sorting->scan;
    sorting->kind = LEAK_POSSIBLE;
    scan->marker.rule = (struct mark_rule){
        .raises = 1u << CENSUS_UNSEEN,
        .to = CENSUS_COUNTED,
        .leaves_out_old = true,
    };
    return census_each(&scan->census, CENSUS_LEVEL_MASK | CENSUS_OLD, CENSUS_TOUCHED, true,
                       group_leader, sorting);
}

/* Every block that nobody counted yet is a candidate or led to by one. A candidate is not led to by
 * any that was found before it, as it would not be one then. */
static bool mark_candidate(void *context, const struct resident *block)
{
    struct scan *scan = context;
    census_set_level(&scan->census, block->slot, CENSUS_CANDIDATE);
    mark_contents_of(&scan->marker, block->slot, block->address);
    mark_all_pending(&scan->marker);
    return true;
}

static bool group_candidate(void *context, const struct resident *block)
{
    struct sorting *sorting = context;
    census_set_level(&sorting->scan->census, block->slot, CENSUS_COUNTED);
    return group_leader(context, block);
}

/* The candidates are gone through from the last to the first: whatever leads to one was then looked
 * at before, or is part of a cycle with it. So those that are still candidates when their turn
 * comes are leaders, and every cycle that nothing leads to has exactly one. */
static bool group_definite(struct sorting *sorting)
{
    struct scan *scan = sorting->scan;
    sorting->kind = LEAK_DEFINITE;
    scan->marker.rule = (struct mark_rule){
        .raises = 1u << CENSUS_UNSEEN,
        .to = CENSUS_LED_TO,
        .leaves_out_old = true,
    };
    census_each(&scan->census, CENSUS_LEVEL_MASK | CENSUS_OLD, CENSUS_UNSEEN, true, mark_candidate,
                scan);
    scan->marker.rule.raises = 1u << CENSUS_LED_TO | 1u << CENSUS_CANDIDATE;
    scan->marker.rule.to = CENSUS_COUNTED;
    return census_each(&scan->census, CENSUS_LEVEL_MASK, CENSUS_CANDIDATE, false, group_candidate,
                       sorting);
}

static bool group_block(void *context, const struct resident *block)
{
    struct sorting *sorting = context;
    return groups_add(&sorting->groups, sorting->kind, block, 0, 0);
}

static bool group_lasting(void *context, const struct resident *block)
{
    struct sorting *sorting = context;
    bool libraries =
        runtime_part_of(&sorting->scan->runtime, block->record->alloc_stack) != RUNTIME_NONE;
    return libraries || group_block(context, block);
}

static bool group_reachable(struct sorting *sorting)
{
    enum { MASK = CENSUS_LEVEL_MASK | CENSUS_KEPT | CENSUS_OLD };
    const struct census *census = &sorting->scan->census;
    sorting->kind = LEAK_REACHABLE;
    return census_each(census, MASK, CENSUS_REACHED, true, group_block, sorting) &&
           census_each(census, MASK, CENSUS_LASTING, true, group_lasting, sorting);
}

static void hand_over(const struct groups *groups, struct leak_answer *answer)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct leak_group *group = &groups->slot[i];
        answer->of[group->kind].blocks += group->blocks;
        answer->of[group->kind].bytes += group->bytes;
        answer->of[LEAK_INDIRECT].blocks += group->indirect_blocks;
        answer->of[LEAK_INDIRECT].bytes += group->indirect_bytes;
        if (i < answer->capacity) {
            answer->groups[answer->count++] = *group;
        }
    }
    answer->blocks = answer->of[LEAK_DEFINITE].blocks + answer->of[LEAK_POSSIBLE].blocks;
    answer->bytes = answer->of[LEAK_DEFINITE].bytes + answer->of[LEAK_POSSIBLE].bytes;
    answer->indirect_blocks = answer->of[LEAK_INDIRECT].blocks;
    answer->indirect_bytes = answer->of[LEAK_INDIRECT].bytes;
}

static bool group_all(struct scan *scan, bool with_reachable, struct leak_answer *answer)
{
    struct sorting sorting = {.scan = scan};
    bool done = group_possible(&sorting) && group_definite(&sorting) &&
                (!with_reachable || group_reachable(&sorting));
    if (done) {
        groups_settle(&sorting.groups);
        hand_over(&sorting.groups, answer);
    }
    groups_drop(&sorting.groups);
    return done;
}

static size_t room_for_scan(void)
{
    return (sizeof(struct scan) + OS_PAGE - 1) & ~(OS_PAGE - 1);
}

void scan_for_leaks(const struct scan_scene *scene, const struct leak_query *query,
                    struct leak_answer *answer)
{
    answer->failed = true;
    struct scan *scan = os_pages_map(room_for_scan());
    if (!scan) {
        return;
    }
    if (scan_start(scan, scene, query->since)) {
        roots_leave_out(&scan->roots, (uintptr_t)scan, (uintptr_t)scan + room_for_scan());
        mark_from_roots(scan, query->with_reachable);
        answer->listed = scan->roots.listed;
        answer->failed = !group_all(scan, query->with_reachable, answer);
        scan_end(scan);
    }
    os_pages_unmap(scan, room_for_scan());
}

static bool ignore_block(void *context UNUSED, const struct resident *block)
{
    (void)block_ignore(block->address);
    return true;
}

bool scan_and_ignore(const struct scan_scene *scene)
{
    struct scan *scan = os_pages_map(room_for_scan());
    if (!scan) {
        return false;
    }
    bool done = scan_start(scan, scene, 0);
    if (done) {
        roots_leave_out(&scan->roots, (uintptr_t)scan, (uintptr_t)scan + room_for_scan());
        mark_from_roots(scan, false);
        census_each(&scan->census, CENSUS_LEVEL_MASK, CENSUS_UNSEEN, true, ignore_block, NULL);
        scan_end(scan);
    }
    os_pages_unmap(scan, room_for_scan());
    return done;
}

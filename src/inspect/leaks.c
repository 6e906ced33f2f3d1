#include "inspect/leaks.h"

#include "alloc/generation.h"
#include "alloc/lookup.h"
#include "inspect/groups.h"
#include "inspect/mark.h"
#include "inspect/nodes.h"
#include "inspect/roots.h"
#include "os/lock.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/signals.h"
#include "os/threads.h"

enum {
    THREADS_AT_FIRST = 128,
    THREADS_MOST = 1 << 20,
    STOP_TIMEOUT_MS = 500,
    BARE_MOST = 4096,
};

static struct lock lock = LOCK_INIT(LOCK_SCAN);

void leaks_register_lock(void)
{
    lock_register(&lock);
}

struct stopped {
    struct os_stopped *room;
    size_t capacity;
    size_t count;    /* valid entries */
    unsigned missed; /* threads that run on */
};

static void count_missed(struct stopped *stopped, int others)
{
    stopped->count = (size_t)others < stopped->capacity ? (size_t)others : stopped->capacity;
    stopped->missed = (unsigned)((size_t)others - stopped->count);
    for (size_t i = 0; i < stopped->count; i++) {
        stopped->missed += !stopped->room[i].answered;
    }
}

static void free_room(struct stopped *stopped)
{
    own_free(stopped->room, stopped->capacity * sizeof *stopped->room);
}

/* Stops the other threads with room for all of them. False: no memory, and nobody is stopped. */
static bool stop_threads(struct stopped *stopped)
{
    for (size_t capacity = THREADS_AT_FIRST;;) {
        *stopped = (struct stopped){.capacity = capacity};
        stopped->room = own_alloc(capacity * sizeof *stopped->room);
        if (!stopped->room) {
            return false;
        }
        int others = os_threads_stop(stopped->room, capacity, STOP_TIMEOUT_MS);
        if (others < 0) { /* how many there are is not known: say one, if there may be any */
            stopped->missed = os_threads_are_others();
            return true;
        }
        if ((size_t)others <= capacity || capacity >= THREADS_MOST) {
            count_missed(stopped, others);
            return true;
        }
        os_threads_release();
        free_room(stopped);
        capacity = 2 * (size_t)others;
    }
}

static bool first_mapping(void *context, const struct os_map *map UNUSED)
{
    *(bool *)context = true;
    return false;
}

static bool mappings_are_listed(void)
{
    bool seen = false;
    return os_maps_each(first_mapping, &seen) && seen;
}

/* Every unreached block is either a candidate or led to by one. A candidate is not reached from
 * any that was found before it, as it would not be one then. */
static void mark_candidates(struct marker *marker)
{
    struct nodes *nodes = marker->nodes;
    marker->below = NODE_LED_TO;
    marker->to = NODE_LED_TO;
    for (uint32_t i = 0; i < nodes->count; i++) {
        if (nodes->node[i].mark == NODE_UNSEEN) {
            nodes->node[i].mark = NODE_CANDIDATE;
            mark_contents(marker, i);
            mark_all_waiting(marker);
        }
    }
}

/* Goes through the candidates from the last to the first: whatever leads to one was then looked
 * at before, or is part of a cycle with it. So those still unreached when their turn comes are
 * leaders, and every cycle that nothing leads to has exactly one. */
static bool group_leaders(struct marker *marker, struct groups *groups)
{
    struct nodes *nodes = marker->nodes;
    marker->below = NODE_REACHED;
    marker->to = NODE_INDIRECT;
    for (uint32_t i = (uint32_t)nodes->count; i-- > 0;) {
        struct node *node = &nodes->node[i];
        if (node->mark != NODE_CANDIDATE) {
            continue;
        }
        node->mark = NODE_LEADER;
        marker->blocks = marker->bytes = 0;
        mark_contents(marker, i);
        mark_all_waiting(marker);
        struct block_info leader;
        if (block_find(node->address, &leader) &&
            !groups_add(groups, &leader, marker->blocks, marker->bytes)) {
            return false;
        }
    }
    return true;
}

/* After a fork, what only a thread of the parent's held is not this process's leak: all blocks from
 * before the fork count as reached. */
static void mark_inherited(struct marker *marker)
{
    struct nodes *nodes = marker->nodes;
    for (uint32_t i = 0; i < nodes->count; i++) {
        struct block_info block;
        if (block_find(nodes->node[i].address, &block) && block.inherited) {
            mark_word(marker, nodes->node[i].address);
        }
    }
}

struct scan {
    uintptr_t site_sp;
    const struct ranges *bare;
    struct groups groups;
    struct leak_report *report;
};

static bool scan_marked(struct scan *scan, struct marker *marker, const struct stopped *stopped)
{
    struct roots roots = {
        .marker = marker,
        .threads = stopped->room,
        .thread_count = stopped->count,
        .site_sp = scan->site_sp,
        .thread_pointer = os_thread_pointer(),
        .bare = scan->bare,
    };
    bool listed;
    if (!roots_mark(&roots, &listed)) {
        return false;
    }
    scan->report->unscanned_mappings = !listed;
    mark_inherited(marker);
    mark_all_waiting(marker);
    mark_candidates(marker);
    return group_leaders(marker, &scan->groups);
}

static bool scan_stopped(struct scan *scan, const struct stopped *stopped)
{
    struct nodes nodes;
    if (!nodes_build(&nodes)) {
        return false;
    }
    struct marker marker;
    bool done = marker_start(&marker, &nodes, stopped->missed > 0);
    if (done) {
        done = scan_marked(scan, &marker, stopped);
        marker_end(&marker);
    }
    nodes_drop(&nodes);
    return done;
}

static bool scan_locked(struct scan *scan)
{
    struct stopped stopped;
    struct os_signal_mask mask;
    os_signals_hold_all(&mask);
    bool done = stop_threads(&stopped);
    if (done) {
        done = scan_stopped(scan, &stopped);
        os_threads_release();
        free_room(&stopped);
    }
    os_signals_restore(&mask);
    scan->report->threads_unstopped = stopped.missed;
    done = done && groups_report(&scan->groups, scan->report);
    groups_drop(&scan->groups);
    return done;
}

void leaks_find(const struct leak_query *query, struct leak_report *out)
{
    uintptr_t site_sp = query->site_sp;
    *out = (struct leak_report){0};
    struct ranges bare;
    if (!ranges_start(&bare, BARE_MOST)) {
        out->failed = true;
        return;
    }
    if (!mappings_are_listed()) {
        roots_find_bare(&bare, site_sp);
    }
    struct scan scan = {.site_sp = site_sp, .bare = &bare, .report = out};
    lock_acquire(&lock);
    out->failed = !scan_locked(&scan);
    lock_release(&lock);
    ranges_end(&bare);
}

void leaks_free(struct leak_report *report)
{
    own_free(report->groups, report->count * sizeof *report->groups);
    *report = (struct leak_report){0};
}

#include "inspect/watched.h"

#include <stdatomic.h>

#include "alloc/allocate.h"
#include "alloc/lookup.h"
#include "base/align.h"
#include "os/watch.h"

enum state { FREE, CHANGING, ARMED };

enum {
    WORD = 8,
    /* Writes that damage nothing, to one watch: each costs the program a signal, up to 80 us under
     * a hypervisor. */
    HARMLESS_MOST = 1000,
    /* Blocks in all where nobody knows which one is meant: to set a watch takes some 10 us for each
     * thread. */
    WATCHED_MOST = 2000,
};

static const uint32_t ROUNDS = UINT32_MAX / OS_WATCHES + 1; /* that a tag tells apart */

/* CHANGING belongs to the one that made it so. */
static struct place {
    atomic_int state;
    atomic_uint round; /* how often armed: a signal may come from the watch before */
    atomic_uint harmless;
    uintptr_t block;
    uint32_t stack;
    struct os_watch watch;
} places[OS_WATCHES];

static atomic_uint watched;
static atomic_bool started, refused, left_out;

static bool is_wanted(const struct site_line *line)
{
    return atomic_load(&started) && !atomic_load(&refused) &&
           (line->block > 0 || atomic_load(&watched) < WATCHED_MOST);
}

static bool is_still_there(const struct place *place)
{
    struct block_info block;
    return block_find(place->block, &block) && block.address == place->block &&
           block.alloc_stack == place->stack && block.state != BLOCK_FREED;
}

static bool change_from(struct place *place, int from)
{
    return atomic_compare_exchange_strong(&place->state, &from, CHANGING);
}

static void close_place(struct place *place)
{
    os_watch_close(&place->watch);
    atomic_store(&place->state, FREE);
}

/* One to arm, CHANGING. */
static struct place *take_place(void)
{
    for (unsigned i = 0; i < OS_WATCHES; i++) {
        if (change_from(&places[i], FREE)) {
            return &places[i];
        }
    }
    for (unsigned i = 0; i < OS_WATCHES; i++) {
        if (change_from(&places[i], ARMED)) {
            if (!is_still_there(&places[i])) {
                os_watch_close(&places[i].watch);
                return &places[i];
            }
            atomic_store(&places[i].state, ARMED);
        }
    }
    return NULL;
}

/* The largest piece around a byte that the processor can watch and that has none of the block's own
 * bytes. */
static unsigned piece_around(uintptr_t at, uintptr_t start, uintptr_t end)
{
    unsigned length = WORD;
    while (length > 1 && align_down(at, length) < end && align_down(at, length) + length > start) {
        length /= 2;
    }
    return length;
}

void watched_add(const struct site_line *line, uintptr_t start, size_t size, uint32_t stack)
{
    uintptr_t end = start + size;
    uintptr_t at = (line->watch == SITE_WATCH_END ? end : start) + (uintptr_t)line->watch_offset;
    struct place *place = at - start >= size && is_wanted(line) ? take_place() : NULL;
    if (!place) {
        return;
    }
    unsigned length = piece_around(at, start, end);
    place->block = start;
    place->stack = stack;
    atomic_store(&place->harmless, 0);
    uint32_t round = atomic_fetch_add(&place->round, 1) + 1;
    uint32_t tag = round * OS_WATCHES + (uint32_t)(place - places);
    enum os_watch_result result = os_watch_open(&place->watch, align_down(at, length), length, tag);
    if (result != OS_WATCH_DONE) {
        atomic_store(result == OS_WATCH_REFUSED ? &refused : &left_out, true);
        atomic_store(&place->state, FREE);
        return;
    }
    if (place->watch.left_threads_out) {
        atomic_store(&left_out, true);
    }
    atomic_fetch_add(&watched, 1);
    atomic_store(&place->state, ARMED);
}

/* The canary is compared: what the watch saw may have been a write of ours, or one that put back
 * what was there. */
static void look(struct place *place, const struct damage_culprit *culprit)
{
    bool there = is_still_there(place);
    bool damaged = there && block_check_written(place->block, culprit) > 0;
    if (!there || damaged || atomic_fetch_add(&place->harmless, 1) >= HARMLESS_MOST) {
        close_place(place);
    } else {
        atomic_store(&place->state, ARMED);
    }
}

void watched_hit(uint32_t tag, const struct damage_culprit *culprit)
{
    struct place *place = &places[tag % OS_WATCHES];
    if (!change_from(place, ARMED)) {
        return;
    }
    if (atomic_load(&place->round) % ROUNDS == tag / OS_WATCHES) {
        look(place, culprit);
    } else {
        atomic_store(&place->state, ARMED);
    }
}

void watched_start(void)
{
    atomic_store(&started, true);
}

void watched_after_fork(void)
{
    for (unsigned i = 0; i < OS_WATCHES; i++) {
        if (atomic_exchange(&places[i].state, FREE) != FREE) {
            os_watch_close(&places[i].watch);
        }
    }
    atomic_store(&watched, 0);
}

struct watched_counts watched_counts(void)
{
    return (struct watched_counts){
        .watched = atomic_load(&watched),
        .refused = atomic_load(&refused),
        .left_out = atomic_load(&left_out),
    };
}

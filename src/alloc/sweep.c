#include "alloc/sweep.h"

#include <stdatomic.h>
#include <stdint.h>

#include "alloc/beside.h"
#include "alloc/history.h"
#include "alloc/look.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/own.h"
#include "os/pages.h"

enum { PAUSE_MOST_US = 5 * 1000 * 1000, PAUSE_STEP_US = 100 };

static uint64_t start_us;
static uint32_t *looked;        /* per granule: tick of the last look at the run there; 0: none */
static size_t looked_committed; /* bytes of it */
static size_t next;             /* granule; of the sweeping thread, as are the next three */
static uint32_t pass;           /* from 1 */
static uint64_t now_us;         /* since the start */
static uint32_t now_tick;
static atomic_bool is_looking;
static atomic_int sweeper; /* thread id */
static atomic_int pauses;

static size_t looked_bytes(size_t granules)
{
    return align_up(granules * sizeof *looked, OS_PAGE);
}

void sweep_tick(void)
{
    now_us = os_clock_us() - start_us;
    now_tick = ((uint32_t)(now_us / HISTORY_TICK_US) << 1) + 2; /* 0 is none */
    atomic_store(&history_tick, now_tick);
}

bool sweep_start(void)
{
    start_us = os_clock_us();
    size_t bytes = looked_bytes(arena.bytes >> GRANULE_SHIFT);
    looked = os_pages_reserve(bytes, OS_PAGE);
    if (!looked) {
        return false;
    }
    own_add_range(looked, bytes);
    sweep_tick();
    return true;
}

/* The table as far as the heap goes. */
static bool commit(size_t granules)
{
    size_t bytes = looked_bytes(granules);
    if (bytes > looked_committed) {
        if (!os_pages_commit((char *)looked + looked_committed, bytes - looked_committed)) {
            return false;
        }
        looked_committed = bytes;
    }
    return true;
}

static uint32_t ms_of(uint32_t tick)
{
    uint64_t ago_us = (uint64_t)((now_tick - tick) >> 1) * HISTORY_TICK_US;
    return (uint32_t)((now_us > ago_us ? now_us - ago_us : 0) / 1000);
}

/* What made the block what it was when it was found damaged; 0: not known. It may have been
 * released since. */
static uint64_t beginning(const struct finding *finding, const struct ref *ref)
{
    uint64_t words[HEAP_HISTORY_WORDS];
    unsigned count = history_read(ref, words);
    bool is_live = finding->block.address == ref->start && finding->block.state != BLOCK_FREED;
    for (unsigned i = 0; i < count; i++) {
        if (!is_live || history_word_kind(words[i]) == HISTORY_ALLOCATION) {
            return words[i];
        }
    }
    return 0;
}

/* Since when the damage may be there; no window where that is not known. */
static void set_window(struct finding *finding, const struct ref *ref)
{
    struct finding_window *window = &finding->window;
    uint32_t since = looked[granule_index(ref->run)];
    uint64_t begun = beginning(finding, ref);
    bool is_new = begun != 0 && (since == 0 || history_is_since(history_word_tick(begun), since));
    bool in_front = finding->block.address == ref->start && finding->offset < 0;
    if (is_new && in_front && granule_kind(ref->run) == GRANULE_SLAB) {
        return; /* that canary is older than the block, and was not looked at */
    }
    if (is_new) {
        since = history_word_tick(begun);
        window->since =
            history_word_kind(begun) == HISTORY_RELEASE ? WINDOW_RELEASE : WINDOW_ALLOCATION;
    } else if (since != 0) {
        window->since = WINDOW_SWEEP;
    } else {
        return;
    }
    window->sweep = pass;
    window->start_ms = ms_of(since);
    window->end_ms = ms_of(now_tick);
    window->between_guards = ref_is_guarded(ref);
    beside_events(ref, since, window);
    for (unsigned i = 0; i < window->event_count; i++) {
        window->events[i].time_ms = ms_of(window->events[i].time_ms);
    }
}

static void look_at(void *context UNUSED, const struct ref *ref)
{
    static const struct damage_scene scene = {.detected = DETECTED_SWEEP, .function = API_FREE};
    struct damage_found found;
    size_t count = look_at_block(ref, &scene, &found);
    for (size_t i = 0; i < count; i++) {
        set_window(&found.findings[i], ref);
        finding_sink(&found.findings[i]);
    }
}

static bool slice(uint64_t end_us)
{
    size_t end = look_end();
    if (!commit(end)) {
        return true;
    }
    while (next < end && atomic_load(&pauses) == 0) {
        sweep_tick();
        if (now_us >= end_us) {
            return false;
        }
        uint32_t tick = now_tick;
        size_t granules = look_each_in_run(next, look_at, NULL);
        looked[next] = tick;
        next += granules;
    }
    if (next < end) {
        return false;
    }
    next = 0;
    pass++;
    return true;
}

bool sweep_slice(unsigned most_us)
{
    atomic_store(&sweeper, os_tid());
    atomic_store(&is_looking, true);
    pass += pass == 0;
    bool done = slice(os_clock_us() - start_us + most_us);
    atomic_store(&is_looking, false);
    return done;
}

void sweep_pause(void)
{
    atomic_fetch_add(&pauses, 1);
    bool is_own = atomic_load(&sweeper) == os_tid();
    for (unsigned us = 0; atomic_load(&is_looking) && !is_own && us < PAUSE_MOST_US;
         us += PAUSE_STEP_US) {
        os_sleep_us(PAUSE_STEP_US);
    }
}

void sweep_resume(void)
{
    atomic_fetch_sub(&pauses, 1);
}

void sweep_after_fork(void)
{
    atomic_store(&is_looking, false);
    atomic_store(&sweeper, 0);
    atomic_store(&pauses, 0);
}

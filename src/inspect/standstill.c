#include "inspect/standstill.h"

#include "alloc/stats.h"
#include "inspect/regions.h"
#include "inspect/roots.h"
#include "inspect/unforked.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/signals.h"
#include "os/snapshot.h"
#include "os/threads.h"

enum {
    THREADS_AT_FIRST = 128,
    THREADS_MOST = 1 << 20,
    STOP_TIMEOUT_MS = 3000, /* a busy machine may leave a thread without a processor for long */
    BARE_MOST = 4096,
    COPY_TIMEOUT_MS = 60 * 1000, /* and … */
    COPY_TIMEOUT_MS_PER_GIB = 20 * 1000,
};

struct stopped {
    struct os_stopped *room;
    size_t capacity;
    size_t count;    /* valid entries */
    unsigned missed; /* threads that run on */
    bool any;        /* there are other threads */
};

static void count_missed(struct stopped *stopped, int others)
{
    stopped->any = others > 0;
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
            stopped->any = os_threads_are_others();
            stopped->missed = stopped->any;
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

static void name_missed(struct standstill *standstill, const struct stopped *stopped)
{
    size_t named = 0;
    standstill->runners = stopped->missed;
    for (size_t i = 0; i < stopped->count && named < LEAK_RUNNERS_MOST; i++) {
        if (!stopped->room[i].answered) {
            struct leak_runner *runner = &standstill->runner[named++];
            runner->tid = stopped->room[i].tid;
            os_thread_name(runner->tid, runner->name);
        }
    }
}

struct job {
    struct scan_scene scene;
    void (*work)(void *context, const struct scan_scene *scene);
    void *context;
};

static void do_job(void *context)
{
    const struct job *job = context;
    job->work(job->context, &job->scene);
}

static uint64_t copy_timeout_ms(void)
{
    return COPY_TIMEOUT_MS + (heap_stats().live_bytes >> 30) * COPY_TIMEOUT_MS_PER_GIB;
}

static enum standstill_end wait_for_copy(struct standstill *standstill,
                                         const struct os_snapshot *copy)
{
    switch (os_snapshot_wait(copy, copy_timeout_ms(), &standstill->signal)) {
    case SNAPSHOT_CRASHED:
        return STANDSTILL_CRASHED;
    case SNAPSHOT_TIMED_OUT:
        return STANDSTILL_TIMED_OUT;
    default:
        return STANDSTILL_DONE;
    }
}

/* With the other threads stopped, as far as they can be; they go on in here. */
static enum standstill_end work_and_release(struct standstill *standstill, struct job *job,
                                            const struct stopped *stopped, uint64_t begun_us)
{
    struct os_snapshot copy;
    bool copied = stopped->any && !unforked_matters() &&
                  os_snapshot_start(&copy, standstill->done, do_job, job);
    if (!copied) {
        job->scene.careful = stopped->missed > 0;
        do_job(job);
    }
    os_threads_release();
    standstill->pause_us = stopped->any ? os_clock_us() - begun_us : 0;
    return copied ? wait_for_copy(standstill, &copy) : STANDSTILL_DONE;
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

bool standstill_prepare(struct standstill *standstill)
{
    if (!ranges_start(&standstill->bare, BARE_MOST)) {
        return false;
    }
    if (!mappings_are_listed()) {
        roots_find_bare(&standstill->bare, standstill->site_sp);
    }
    return true;
}

void standstill_finish(struct standstill *standstill)
{
    ranges_end(&standstill->bare);
}

/* Signals are held back: a handler might wait for a lock of a thread that is stopped. */
enum standstill_end standstill_work(struct standstill *standstill,
                                    void (*work)(void *context, const struct scan_scene *scene),
                                    void *context)
{
    struct job job = {
        .scene =
            {
                .tid = os_tid(),
                .site_sp = standstill->site_sp,
                .thread_pointer = os_thread_pointer(),
                .bare = &standstill->bare,
                .answer = standstill->answer,
            },
        .work = work,
        .context = context,
    };
    struct stopped stopped;
    struct os_signal_mask mask;
    enum standstill_end end = STANDSTILL_NO_MEMORY;
    os_signals_hold_all(&mask);
    regions_hold();
    uint64_t begun_us = os_clock_us();
    if (stop_threads(&stopped)) {
        job.scene.threads = stopped.room;
        job.scene.thread_count = stopped.count;
        end = work_and_release(standstill, &job, &stopped, begun_us);
        name_missed(standstill, &stopped);
        free_room(&stopped);
    }
    regions_release();
    os_signals_restore(&mask);
    return end;
}

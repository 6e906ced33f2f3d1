#include "inspect/leaks.h"

#include <errno.h>

#include "alloc/generation.h"
#include "alloc/stats.h"
#include "base/align.h"
#include "inspect/regions.h"
#include "inspect/scan.h"
#include "inspect/standstill.h"
#include "os/clock.h"
#include "os/lock.h"
#include "os/own.h"
#include "os/pages.h"

/* More groups than this are counted, but not listed. */
enum { GROUPS_MOST = 1 << 20, GROUPS_SPARE = 64 };

/* Looked through at a fork: about a millisecond. */
enum { DISOWNED_MOST = 10000 };

static struct lock lock = LOCK_INIT(LOCK_SCAN);

void leaks_register_lock(void)
{
    lock_register(&lock);
    regions_register_lock();
}

void leaks_lock(void)
{
    lock_acquire(&lock);
}

void leaks_unlock(void)
{
    lock_release(&lock);
}

struct task {
    const struct leak_query *query;
    struct leak_answer *answer;
};

static void work(void *context, const struct scan_scene *scene)
{
    const struct task *task = context;
    scan_for_leaks(scene, task->query, task->answer);
}

static enum leak_trouble trouble_of(const struct leak_answer *answer, enum standstill_end end)
{
    switch (end) {
    case STANDSTILL_CRASHED:
        return LEAKS_CRASHED;
    case STANDSTILL_TIMED_OUT:
        return LEAKS_TIMED_OUT;
    case STANDSTILL_NO_MEMORY:
        return LEAKS_NO_MEMORY;
    default:
        return answer->failed ? LEAKS_NO_MEMORY : LEAKS_SCANNED;
    }
}

static bool take_over(const struct leak_answer *answer, struct leak_report *out)
{
    if (answer->count > 0) {
        out->groups = own_alloc(answer->count * sizeof *out->groups);
        if (!out->groups) {
            return false;
        }
        for (size_t i = 0; i < answer->count; i++) {
            out->groups[i] = answer->groups[i];
        }
        out->count = answer->count;
    }
    out->blocks = answer->blocks;
    out->bytes = answer->bytes;
    out->indirect_blocks = answer->indirect_blocks;
    out->indirect_bytes = answer->indirect_bytes;
    for (int kind = 0; kind <= LEAK_REACHABLE; kind++) {
        out->of[kind] = answer->of[kind];
    }
    out->unscanned_mappings = !answer->listed;
    return true;
}

static void find(const struct leak_query *query, struct leak_answer *answer, size_t bytes,
                 struct leak_report *out)
{
    struct standstill standstill = {
        .site_sp = query->site_sp,
        .answer = {(uintptr_t)answer, (uintptr_t)answer + bytes},
        .done = &answer->done,
    };
    struct task task = {query, answer};
    if (!standstill_prepare(&standstill)) {
        return;
    }
    lock_acquire(&lock);
    enum standstill_end end = standstill_work(&standstill, work, &task);
    lock_release(&lock);
    standstill_finish(&standstill);
    out->threads_unstopped = standstill.runners;
    for (size_t i = 0; i < LEAK_RUNNERS_MOST; i++) {
        out->runners[i] = standstill.runner[i];
    }
    out->pause_us = standstill.pause_us;
    out->signal = standstill.signal;
    out->trouble = trouble_of(answer, end);
    if (out->trouble == LEAKS_SCANNED && !take_over(answer, out)) {
        out->trouble = LEAKS_NO_MEMORY;
    }
}

static size_t answer_bytes(size_t *capacity)
{
    size_t blocks = heap_stats().live_blocks + GROUPS_SPARE;
    *capacity = blocks < GROUPS_MOST ? blocks : GROUPS_MOST;
    return align_up(sizeof(struct leak_answer) + *capacity * sizeof(struct leak_group), OS_PAGE);
}

void leaks_find(const struct leak_query *query, struct leak_report *out)
{
    int saved = errno;
    uint64_t begun = os_clock_us();
    *out = (struct leak_report){.trouble = LEAKS_NO_MEMORY};
    size_t capacity, bytes = answer_bytes(&capacity);
    struct leak_answer *answer = os_pages_map_shared(bytes);
    if (answer) {
        answer->capacity = capacity;
        find(query, answer, bytes, out);
        os_pages_unmap(answer, bytes);
    }
    out->failed = out->trouble != LEAKS_SCANNED;
    out->scan_us = os_clock_us() - begun;
    errno = saved;
}

static void disown(void *context, const struct scan_scene *scene)
{
    *(bool *)context = scan_and_ignore(scene);
}

void leaks_disown(uintptr_t site_sp)
{
    struct standstill standstill = {.site_sp = site_sp};
    bool done = false;
    if (heap_stats().live_blocks <= DISOWNED_MOST && standstill_prepare(&standstill)) {
        lock_acquire(&lock);
        done = standstill_work(&standstill, disown, &done) == STANDSTILL_DONE && done;
        lock_release(&lock);
        standstill_finish(&standstill);
    }
    if (!done) {
        heap_inherit_all();
    }
}

void leaks_free(struct leak_report *report)
{
    own_free(report->groups, report->count * sizeof *report->groups);
    *report = (struct leak_report){0};
}

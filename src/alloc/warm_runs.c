#include "alloc/warm_runs.h"

#include <stddef.h>

#include "heap/buddy.h"
#include "os/lock.h"

static struct lock lock = LOCK_INIT(LOCK_LARGE);
static struct granule *runs[WARM_RUNS]; /* oldest first */
static uint32_t count;
static size_t bytes;

void warm_runs_register_lock(void)
{
    lock_register(&lock);
}

static size_t run_bytes(const struct granule *run)
{
    return (size_t)run->granules << GRANULE_SHIFT;
}

static struct granule *remove_locked(uint32_t at)
{
    struct granule *run = runs[at];
    count--;
    bytes -= run_bytes(run);
    for (uint32_t i = at; i < count; i++) {
        runs[i] = runs[i + 1];
    }
    return run;
}

struct granule *warm_run_take(uint32_t granules)
{
    struct granule *found = NULL;
    lock_acquire(&lock);
    for (uint32_t i = count; i-- > 0 && !found;) {
        if (runs[i]->granules == granules) {
            found = remove_locked(i);
        }
    }
    lock_release(&lock);
    return found;
}

bool warm_run_put(struct granule *run)
{
    if (run_bytes(run) > WARM_LARGEST_BYTES) {
        return false;
    }
    struct granule *out[WARM_RUNS];
    uint32_t outs = 0;
    lock_acquire(&lock);
    while (count == WARM_RUNS || bytes + run_bytes(run) > WARM_BYTES) {
        out[outs++] = remove_locked(0);
    }
    runs[count++] = run;
    bytes += run_bytes(run);
    lock_release(&lock);
    for (uint32_t i = 0; i < outs; i++) {
        run_free(out[i], out[i]->granules);
    }
    return true;
}

bool warm_runs_drop(void)
{
    bool any = false;
    for (;;) {
        lock_acquire(&lock);
        struct granule *run = count > 0 ? remove_locked(count - 1) : NULL;
        lock_release(&lock);
        if (!run) {
            return any;
        }
        run_free(run, run->granules);
        any = true;
    }
}

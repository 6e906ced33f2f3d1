#include "alloc/warm_runs.h"

#include <stddef.h>

#include "alloc/run_list.h"
#include "heap/buddy.h"
#include "os/lock.h"

static struct lock lock = LOCK_INIT(LOCK_LARGE);
static struct run_list warm; /* under lock */

void warm_runs_register_lock(void)
{
    lock_register(&lock);
}

struct granule *warm_run_take(uint32_t granules)
{
    struct granule *found = NULL;
    lock_acquire(&lock);
    for (uint32_t i = warm.count; i-- > 0 && !found;) {
        if (warm.runs[i]->granules == granules) {
            found = run_list_remove(&warm, i);
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
    while (warm.count == WARM_RUNS || warm.bytes + run_bytes(run) > WARM_BYTES) {
        out[outs++] = run_list_remove(&warm, 0);
    }
    run_list_add(&warm, run);
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
        struct granule *run = warm.count > 0 ? run_list_remove(&warm, warm.count - 1) : NULL;
        lock_release(&lock);
        if (!run) {
            return any;
        }
        run_free(run, run->granules);
        any = true;
    }
}

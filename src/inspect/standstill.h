/* A moment at which the process stands still, and work on how it looked then.
 *
 * With other threads, the process is copied while they are stopped, and they go on while the copy
 * works; where no copy can be had, or one would lack memory that the program keeps from its
 * children, they wait until the work is done. With none, the work is done in
 * place. Takes LOCK_ROOTS; the caller holds LOCK_SCAN. */
#ifndef INSPECT_STANDSTILL_H
#define INSPECT_STANDSTILL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/leaks.h"
#include "inspect/ranges.h"
#include "inspect/scan.h"

struct standstill {
    /* Set by the caller. */
    uintptr_t site_sp;
    struct ranges bare;     /* by standstill_prepare() */
    struct range answer;    /* memory from os_pages_map_shared() that the work answers in */
    _Atomic uint32_t *done; /* a word in it, for us */

    /* How it went. */
    unsigned runners; /* threads that could not be stopped, and the first of them */
    struct leak_runner runner[LEAK_RUNNERS_MOST];
    uint64_t pause_us; /* 0: there were no other threads */
    int signal;        /* that the copy died of; 0: not known */
};

enum standstill_end {
    STANDSTILL_DONE,
    STANDSTILL_NO_MEMORY,
    STANDSTILL_CRASHED,
    STANDSTILL_TIMED_OUT,
};

/* Before any lock is taken: asks the loader where mappings cannot be listed. False: no memory. */
MUST_USE bool standstill_prepare(struct standstill *standstill);
void standstill_finish(struct standstill *standstill);

/* `work` takes no lock and allocates straight from the kernel only. */
MUST_USE enum standstill_end standstill_work(struct standstill *standstill,
                                             void (*work)(void *context,
                                                          const struct scan_scene *scene),
                                             void *context);

#endif

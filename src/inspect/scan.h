/* One scan of a heap at rest, in place or in a copy of the process: who is lost, of which kind, and
 * under which leader. Takes no lock, calls nothing of the C library that could. */
#ifndef INSPECT_SCAN_H
#define INSPECT_SCAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspect/census.h"
#include "inspect/interior.h"
#include "inspect/leaks.h"
#include "inspect/mark.h"
#include "inspect/ranges.h"
#include "inspect/roots.h"
#include "inspect/runtime.h"

/* What is known of the process that is looked at. */
struct scan_scene {
    const struct os_stopped *threads; /* all but the calling one */
    size_t thread_count;
    int tid; /* of the calling thread, as are the next two */
    uintptr_t site_sp;
    uintptr_t thread_pointer;
    const struct ranges *bare; /* see roots.h */
    bool careful;              /* the heap may change meanwhile */
    struct range answer;       /* memory of ours that own_each_range() does not tell */
};

/* What a scan works with. */
struct scan {
    struct census census;
    struct interior_places places;
    struct ranges closed; /* of the heap: what cannot be read */
    struct runtime runtime;
    struct marker marker;
    struct roots roots;
    uint32_t since;
};

/* Takes the census and finds out what is no root. False: no memory. The struct is too large for
 * a small stack. */
MUST_USE bool scan_start(struct scan *scan, const struct scan_scene *scene, uint32_t since);
void scan_end(struct scan *scan);

/* The answer, in memory that may be shared with the process that asked. */
struct leak_answer {
    _Atomic uint32_t done; /* for os/snapshot.h */
    bool failed;           /* no memory: nothing is known */
    bool listed;           /* mappings could be listed */
    uint64_t blocks, bytes, indirect_blocks, indirect_bytes;
    struct leak_sum of[LEAK_REACHABLE + 1];
    size_t capacity; /* of `groups`; set by the caller */
    size_t count;
    struct leak_group groups[]; /* the largest first; beyond capacity they are only counted */
};

void scan_for_leaks(const struct scan_scene *scene, const struct leak_query *query,
                    struct leak_answer *answer);

/* Has all blocks ignored that no root leads to. False: no memory. */
MUST_USE bool scan_and_ignore(const struct scan_scene *scene);

#endif

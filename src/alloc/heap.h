/* The heap as a whole: its settings and its start. */
#ifndef ALLOC_HEAP_H
#define ALLOC_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/guard_choice.h"
#include "base/compiler.h"
#include "os/guards.h"

/* Read-only after heap_start(). */
struct heap_config {
    size_t redzone_bytes;     /* least canary between two blocks; at least 8, a multiple of 8 */
    bool hardens;             /* for production: no stacks, and placement at random */
    size_t quick_below_bytes; /* heap_start() sets it: sizes that may go by alloc/hardened.h */
    bool fill;                /* patterns in fresh and freed memory; zeros in freed if it hardens */
    bool looks_at_freed;      /* at reuse; heap_start() sets it: true if filled or held back */
    bool free_stacks;         /* releases remember their stack */
    bool halts;               /* the first finding is the end: damage stays as it is */
    bool keeps_history;       /* of what happened to each slot, and when: see alloc/history.h */
    bool quarantine_follows;  /* the limit follows the live heap, from floor to cap */
    size_t quarantine_floor_bytes;
    size_t quarantine_cap_bytes; /* the limit itself where it does not follow */
    enum guards_way guards_best; /* no better way to guard pages than this */
    enum guard_mode guard;
    enum guard_side guard_side;
    enum guard_side guard_side_large; /* heap_start() sets it: as asked, else after */
    unsigned guard_rate;  /* when sampling: no rarer than one in so many, as far as time allows */
    unsigned guard_align; /* of guarded blocks, a power of two; 0: what their size needs */
};
extern HIDDEN struct heap_config heap_config;

/* What fresh and released memory is filled with; set by heap_start(). */
extern uint64_t heap_fresh_pattern, heap_freed_pattern;

/* Once, before the first block and the first second thread. `secret` keys the canaries. False: no
 * memory at all. */
MUST_USE bool heap_start(const struct heap_config *config, uint64_t secret);

#endif

/* Blocks whose canary the processor watches: up to four at a time, of the sites that want it. A
 * watchpoint sees what alignment hides from a guard page, the bytes between a block's last one and
 * the next multiple of its alignment.
 *
 * A watch lasts until its block is gone or damaged; that it is gone is noticed when its place is
 * wanted, so releases know nothing of it. Lock-free, async-signal-safe, errno kept. */
#ifndef INSPECT_WATCHED_H
#define INSPECT_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/site_line.h"

/* Watches the byte that `line` names of a live block of that size; nothing where all watches are in
 * use for live blocks. */
void watched_add(const struct site_line *line, uintptr_t start, size_t size, uint32_t stack);

/* Something was written under the watch with that tag; `culprit` is who did it. If the canary is
 * damaged, that is told. No lock of ours is held. */
struct damage_culprit;
void watched_hit(uint32_t tag, const struct damage_culprit *culprit);

/* From now on SIGTRAP is looked after. Before, nothing is watched. */
void watched_start(void);

/* In a forked child: watches are its parent's. */
void watched_after_fork(void);

struct watched_counts {
    uint32_t watched; /* blocks, so far */
    bool refused;     /* the system does not allow it */
    bool left_out;    /* some blocks, or some threads: the processor has no more */
};
struct watched_counts watched_counts(void);

#endif

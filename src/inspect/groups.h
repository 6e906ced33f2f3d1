/* Leaks by the stack that allocated them. A hash table that doubles; memory straight from the
 * kernel, because threads that hold our locks may be stopped. One thread. */
#ifndef INSPECT_GROUPS_H
#define INSPECT_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"
#include "inspect/leaks.h"

struct groups {
    struct leak_group *slot; /* free where `blocks` is 0; NULL before the first */
    size_t count, capacity;  /* capacity: 0 or a power of two */
};

/* Counts one leader and what it leads to. False: no memory. */
MUST_USE bool groups_add(struct groups *groups, const struct block_info *leader,
                         uint64_t indirect_blocks, uint64_t indirect_bytes);

/* Hands all over to the report, sorted, in memory of own_alloc. False: no memory. */
MUST_USE bool groups_report(const struct groups *groups, struct leak_report *report);

void groups_drop(struct groups *groups);

#endif

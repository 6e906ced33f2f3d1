/* Leaks by the stack that allocated them. A hash table that doubles; memory straight from the
 * kernel, because threads that hold our locks may be stopped. One thread. */
#ifndef INSPECT_GROUPS_H
#define INSPECT_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/census.h"
#include "inspect/leaks.h"

struct groups {
    struct leak_group *slot; /* free where `blocks` is 0; NULL before the first */
    size_t count, capacity;  /* capacity: 0 or a power of two */
};

/* Counts one leader and what it leads to. False: no memory. */
MUST_USE bool groups_add(struct groups *groups, enum leak_kind kind, const struct resident *leader,
                         uint64_t indirect_blocks, uint64_t indirect_bytes);

/* Sorts them, the most bytes first; they stand one after the other from `slot` on then, and none
 * can be added. */
void groups_settle(struct groups *groups);

void groups_drop(struct groups *groups);

#endif

/* What is live, by the stacks that allocated it. The program is not stopped for it: blocks that
 * come and go meanwhile are counted or not, each for itself. */
#ifndef INSPECT_SNAPSHOT_H
#define INSPECT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Live blocks of one allocation stack that were born in the same generation. */
struct snapshot_age {
    uint32_t alloc_stack;   /* 0: unknown */
    uint32_t generation;    /* alloc/generation.h */
    uint64_t blocks, bytes; /* at least one block */
    uint64_t site_bytes;    /* of all ages of that stack */
};

struct snapshot {
    /* The stack with the most bytes first; ages of a stack stand together, the oldest first. */
    struct snapshot_age *age;
    size_t count;
    size_t room; /* of `age` */
};

/* False: no memory, and nothing is kept. Takes no lock but that of our own memory. */
MUST_USE bool snapshot_take(struct snapshot *out);
void snapshot_free(struct snapshot *snapshot);

#endif

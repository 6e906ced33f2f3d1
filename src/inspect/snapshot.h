/* What is live, by the stacks that allocated it. The program is not stopped for it: blocks that
 * come and go meanwhile are counted or not, each for itself. */
#ifndef INSPECT_SNAPSHOT_H
#define INSPECT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* All live blocks of one allocation stack. */
struct snapshot_site {
    uint32_t alloc_stack; /* 0: unknown */
    uint64_t blocks, bytes;
};

struct snapshot {
    struct snapshot_site *site; /* the most bytes first */
    size_t count;
    size_t room;            /* of `site` */
    uint64_t blocks, bytes; /* of all */
};

/* False: no memory, and nothing is kept. Takes no lock but that of our own memory. */
MUST_USE bool snapshot_take(struct snapshot *out);
void snapshot_free(struct snapshot *snapshot);

#endif

/* A few runs in the order in which they came, and what they take of the address space. Under its
 * owner's lock. Internal to alloc/large. */
#ifndef ALLOC_RUN_LIST_H
#define ALLOC_RUN_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "heap/arena.h"

enum { RUN_LIST_MOST = 64 };

struct run_list {
    struct granule *runs[RUN_LIST_MOST]; /* oldest first */
    uint32_t count;
    size_t bytes; /* of all of them */
};

static inline size_t run_bytes(const struct granule *run)
{
    return (size_t)run->granules << GRANULE_SHIFT;
}

/* There is room. */
void run_list_add(struct run_list *list, struct granule *run);

/* There are more than `at`. */
struct granule *run_list_remove(struct run_list *list, uint32_t at);

#endif

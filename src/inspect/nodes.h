/* The live blocks of a heap at rest, sorted by address, with a mark for each: what a leak scan
 * works on. 16 bytes per block, and an index by address so that finding the block a word points
 * into takes a few steps. Memory comes straight from the kernel. One thread; the heap must not
 * change. */
#ifndef INSPECT_NODES_H
#define INSPECT_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* In the order in which a block passes through them: a mark never goes down. */
enum node_mark {
    NODE_UNSEEN,    /* nothing is known to point to it */
    NODE_LED_TO,    /* unreached, and another unreached block leads to it */
    NODE_CANDIDATE, /* unreached, and none of lower address leads to it */
    NODE_REACHED,   /* by a root, or from a reached block */
    NODE_INDIRECT,  /* unreached, counted under a leader */
    NODE_LEADER,    /* unreached, and its own leader */
};

struct node {
    uintptr_t address;
    uint64_t size_bytes : 56; /* asked for, at least 1: an address of an empty block points to it */
    uint64_t mark : 8;        /* enum node_mark */
};

/* The blocks that some part of a bucket of address space belongs to. */
struct bucket {
    uint32_t first, count;
};

struct nodes {
    struct node *node;
    size_t count;
    size_t capacity;       /* of `node` */
    size_t seen;           /* live blocks met, also those there was no room for */
    struct bucket *bucket; /* one per 2^bucket_shift bytes from `start` on */
    size_t bucket_count;
    unsigned bucket_shift;
    uintptr_t start, end; /* no block is outside; start is aligned to a bucket */
};

enum { NODE_NONE = UINT32_MAX };

/* False: no memory, or 2^32 blocks; nothing is kept then. */
MUST_USE bool nodes_build(struct nodes *nodes);
void nodes_drop(struct nodes *nodes);

/* False if no block is there. If true, what nodes_find() will read is on its way from memory. */
bool nodes_may_find(const struct nodes *nodes, uintptr_t address);

/* The block that `address` points into, or NODE_NONE. */
uint32_t nodes_find(const struct nodes *nodes, uintptr_t address);

/* The memory that the table itself is in. */
void nodes_each_range(const struct nodes *nodes,
                      void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

#endif

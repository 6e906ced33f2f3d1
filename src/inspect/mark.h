/* Following pointers from block to block. A word counts as a pointer if it is aligned and its value
 * lies in a live block, interior or not.
 *
 * Nearly every step waits for memory: so words found, and blocks to look into, pass through short
 * queues while what they need is fetched. Marks and counts hold once mark_all_waiting() has
 * returned.
 *
 * No recursion: blocks to look into wait in a list that has room for all. Memory that may not be
 * there is copied by the kernel before it is looked at. One thread. */
#ifndef INSPECT_MARK_H
#define INSPECT_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/nodes.h"
#include "os/touched.h"

enum { MARK_WORDS_AHEAD = 32, MARK_BLOCKS_AHEAD = 16 };

struct marker {
    struct nodes *nodes;
    enum node_mark below; /* blocks with a lower mark … */
    enum node_mark to;    /* … get this one when a pointer to them is found */
    size_t blocks, bytes; /* how many have, since the caller set these to 0 */
    bool careful;         /* threads still run: blocks may go away too */

    uintptr_t word[MARK_WORDS_AHEAD]; /* a ring; 0: free */
    unsigned word_next;
    uint32_t block[MARK_BLOCKS_AHEAD]; /* a ring of node numbers plus one; 0: free */
    unsigned block_next;

    struct os_touched touched;
    uint32_t *waiting; /* marked, not yet looked into */
    size_t waiting_count;
    size_t waiting_bytes;
    uintptr_t *copy; /* one piece of memory that may not be there */
};

/* False: no memory. `nodes` stays the caller's. */
MUST_USE bool marker_start(struct marker *marker, struct nodes *nodes, bool careful);
void marker_end(struct marker *marker);

/* Marks the block `word` points into, if there is one. */
void mark_word(struct marker *marker, uintptr_t word);

/* Marks what the words of a range point to: memory that is there, … */
void mark_words(struct marker *marker, uintptr_t start, uintptr_t end);

/* … or that may not be, or may be huge and hardly used. `written`: see os_touched_each(). */
void mark_range(struct marker *marker, uintptr_t start, uintptr_t end, bool written);

/* Marks what one block points to, itself included if it does. */
void mark_contents(struct marker *marker, uint32_t node);

/* Looks into all waiting blocks, and into those that this marks, until none waits. */
void mark_all_waiting(struct marker *marker);

/* The memory the marker itself is in. */
void marker_each_range(const struct marker *marker,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

#endif

/* Following pointers from block to block. A word counts as a pointer if it is aligned and its value
 * lies in a live block.
 *
 * Nearly every step waits for memory, so nothing is looked at in the order in which it is found:
 * words wait in a short queue while the state of their block is fetched; blocks to look into wait
 * at their run of pages, and are looked into run by run, by rising address. A heap whose pointers
 * lead anywhere is so gone through in few sweeps. Levels and counts hold once mark_all_pending()
 * has returned.
 *
 * No recursion, and no list that could overflow. Memory that may not be there is copied by the
 * kernel before it is looked at. One thread. */
#ifndef INSPECT_MARK_H
#define INSPECT_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/census.h"
#include "inspect/interior.h"
#include "os/touched.h"

enum { MARK_WORDS_AHEAD = 32 };

/* What a pointer does to the block it leads to. */
struct mark_rule {
    unsigned raises;      /* bit N: blocks at level N … */
    enum census_level to; /* … get this one, and are looked into */
    bool tells_interior;  /* interior pointers that nothing explains … */
    unsigned touches;     /* … raise blocks at these levels to CENSUS_TOUCHED only */
    bool leaves_out_old;  /* blocks with CENSUS_OLD stay as they are */
};

/* A run with blocks to look into. */
struct queued_run {
    uint32_t next;      /* granule + 1; 0: last */
    uint32_t low, high; /* slot numbers between which (high not included) those blocks are */
};

/* How each block was first reached. */
struct trail {
    uintptr_t *from;  /* one per slot: where the pointer stands; 0: nowhere; plus 1: in a root */
    uintptr_t *into;  /* one per slot: that pointer */
    uintptr_t *order; /* addresses of blocks in the order in which they were reached */
    size_t reached, looked_into;
    bool in_roots; /* what is being looked at */
};

struct marker {
    struct census *census;
    struct interior_places *places;
    struct mark_rule rule;
    size_t blocks, bytes;        /* raised since the caller set these to 0 */
    bool careful;                /* threads still run: blocks may go away too */
    const struct ranges *closed; /* of the heap: what cannot be read; if full, anything may be so */

    uintptr_t word[MARK_WORDS_AHEAD];  /* a ring; 0: free */
    uintptr_t place[MARK_WORDS_AHEAD]; /* where each word stands; 0: in no memory */
    unsigned word_next;
    uintptr_t shift; /* from where words are looked at to where they stand */

    struct queued_run *queue; /* one per granule, valid at heads */
    size_t queue_bytes;
    uint32_t first, last; /* granule + 1; 0: none is queued */

    /* For finding ways; NULL in a leak scan. With it, blocks are looked into in the order in which
     * they were reached. */
    struct trail *trail;

    struct os_touched touched;
    uintptr_t *copy; /* one piece of memory that may not be there */
};

/* False: no memory. What is pointed to stays the caller's. */
MUST_USE bool marker_start(struct marker *marker, struct census *census,
                           struct interior_places *places, const struct ranges *closed,
                           bool careful);
void marker_end(struct marker *marker);

/* Marks the block `word` points into, if there is one. */
void mark_word(struct marker *marker, uintptr_t word);

/* The same whatever part of it the word points to: it is in use. */
void mark_user_of(struct marker *marker, uintptr_t word);

/* Marks what the words of a range point to: memory that is there, … */
void mark_words(struct marker *marker, uintptr_t start, uintptr_t end);

/* … or that may not be, or may be huge and hardly used. `written`: see os_touched_each(). */
void mark_range(struct marker *marker, uintptr_t start, uintptr_t end, bool written);

/* Raises a block to the rule's level, whatever its own, and has it looked into. */
void mark_block(struct marker *marker, uint32_t slot, uintptr_t address);

/* Has a block looked into, without raising it. */
void mark_contents_of(struct marker *marker, uint32_t slot, uintptr_t address);

/* Resolves the words that wait, and looks into no block. */
void mark_resolve(struct marker *marker);

/* Looks into all blocks that wait, and into those that this marks, until none waits. */
void mark_all_pending(struct marker *marker);

/* The memory the marker itself is in. */
void marker_each_range(const struct marker *marker,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

#endif

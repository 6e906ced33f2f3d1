/* The allocator itself, started by hand and called as the interposed functions call it; what it
 * finds is kept for the test to look at. Thread-safe. */
#ifndef SUPPORT_LIVE_HEAP_H
#define SUPPORT_LIVE_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "alloc/allocate.h"
#include "alloc/finding.h"
#include "alloc/heap.h"
#include "alloc/lookup.h"

/* Everything on, a quarantine that holds what a test releases. */
struct heap_config live_heap_usual(void);

void live_heap_start(void);                    /* with the usual settings */
void live_heap_start_without_quarantine(void); /* what is released last is handed out next */
void live_heap_start_with(struct heap_config config);

void *take(size_t size);                           /* malloc */
void *take_zero(size_t size);                      /* calloc */
void *take_aligned(size_t size, size_t alignment); /* aligned_alloc */
void *take_by(enum api via, size_t size, size_t alignment);
void give(void *block); /* free */
void give_by(enum api function, void *block);
void give_as(struct release how, void *block);
void *resize(void *block, size_t size); /* realloc */
size_t check_all(void);
struct block_info info_of(const void *block); /* fails the test if that never was a block */

/* A block with a neighbour of the same size right behind it in its slab. */
struct neighbours {
    unsigned char *left, *right;
};
struct neighbours take_neighbours(size_t size);

/* What was found so far: how many, of which kind, and the only one (fails the test if there is not
 * one). */
unsigned long found(void);
unsigned long found_of(enum finding_kind kind);
struct finding found_only(void);
struct finding found_nth(unsigned long n);
void forget_found(void);

#endif

/* Counts forks of processes with several threads. Each live block knows in which generation it was
 * made: one from an earlier generation may belong to a thread that this process does not have. */
#ifndef ALLOC_GENERATION_H
#define ALLOC_GENERATION_H

#include <stdint.h>

/* Written in a forked child while that has one thread. */
extern uint32_t heap_generation;
void heap_begin_generation(void);

#endif

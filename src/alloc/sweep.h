/* A look at all blocks, again and again while the program runs, so that damage is found soon after
 * it was done, and within two known moments: the last look at which all was well, or the block's
 * own allocation or release, and this one. What was allocated and released beside the block in
 * between is told with it (alloc/history.h).
 *
 * One thread calls sweep_slice(); the others may be called from any. No lock is held meanwhile but
 * as alloc/look.h says, and nothing is waited for. */
#ifndef ALLOC_SWEEP_H
#define ALLOC_SWEEP_H

#include <stdbool.h>

#include "base/compiler.h"

/* Before the first slice, on any thread; heap_config.keeps_history was set. False: no memory. */
MUST_USE bool sweep_start(void);

/* Goes on where the last slice ended, for about so long (a slab is not looked at by half). True at
 * the end of a pass: the next slice begins anew. */
MUST_USE bool sweep_slice(unsigned most_us);

/* Moves the clock by which events are told apart, when there was no slice for a while. */
void sweep_tick(void);

/* Nothing is looked at between these, nor told: for the end of the process, whose last look is to
 * find the rest. Waits for what is being told, for some seconds at most. */
void sweep_pause(void);
void sweep_resume(void);

void sweep_after_fork(void);

#endif

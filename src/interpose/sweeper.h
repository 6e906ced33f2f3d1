/* With sweep=MS, a hidden thread (interpose/hidden_thread.h) looks at all blocks so often: see
 * alloc/sweep.h. It takes at most a quarter of one processor: a heap too large for that is looked
 * at less often. */
#ifndef INTERPOSE_SWEEPER_H
#define INTERPOSE_SWEEPER_H

#include "alloc/finding.h"

/* From the constructor, once libc is usable. Does nothing unless asked for. */
void sweeper_start(void);

/* Tells what the thread found, in the place where the program's messages go. */
void sweeper_tell(const struct finding *finding);

/* In a forked child, with none of our locks held: the parent's thread is not there, and (unless
 * children=off) the child has its own. */
void sweeper_forget(void);
void sweeper_after_fork(void);

#endif

/* Bytes outside of blocks, or in freed ones, that a call was about to write when it was told of:
 * who finds them changed later need not tell it again. Some hundred ranges; the oldest is forgotten
 * first. LOCK_KNOWN, which is only tried: from a signal handler, or against another thread, the
 * worst is that something is told twice. */
#ifndef ALLOC_KNOWN_H
#define ALLOC_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

void known_start(void); /* registers the lock */

/* [start, end) will be changed, or was. */
void known_add(uintptr_t start, uintptr_t end);

/* Has what was told of within [start, end), a gap or the body of a freed block, put right by
 * `mend`, and forgets it. What is still damaged then was not told. */
void known_undo(uintptr_t start, uintptr_t end, void (*mend)(uintptr_t first, uintptr_t last_end));

/* Forgets what was told of within [start, end): other bytes stand there now. */
void known_forget(uintptr_t start, uintptr_t end);

/* True if the byte was told of: then so was all of [start, end) around it. */
MUST_USE bool known_around(uintptr_t at, uintptr_t *start, uintptr_t *end);

/* True if all of it was told of, and was not put right since: for who may not write there. */
MUST_USE bool known_covers(uintptr_t start, uintptr_t end);

#endif

/* Pages that a program ran into although they were closed: opened so that it can go on, for reading
 * only where it read, so that what it writes there later is seen as well. Where the system refuses
 * that they are opened in full.
 *
 * What was opened for reading only has to be made writable before its addresses are a block's.
 * LOCK_OPEN, for a few system calls at most. Async-signal-safe. */
#ifndef ALLOC_GUARD_OPEN_H
#define ALLOC_GUARD_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc/guard_hit.h"
#include "base/compiler.h"
#include "heap/arena.h"
#include "os/signals.h"

void guard_open_start(void); /* registers the lock */

/* False for who may not wait for the lock and did not get it. leave() in any case. */
MUST_USE bool guard_open_enter(struct os_signal_mask *before);
void guard_open_leave(bool entered, const struct os_signal_mask *before);

/* What guarded_open() does in a run of guarded slots. False: the system refuses. */
MUST_USE bool guard_open_slot(struct granule *run, const struct guard_hit *hit);

/* Makes writable what was opened for reading only: the guards around a slot that is about to close;
 * the data of one whose record says that it is about to be a block. False: refused, it is as it
 * was. */
void guard_end_reading(struct granule *run, uint32_t slot);
MUST_USE bool guard_make_writable(struct granule *run, uint32_t slot);

/* A write at an address of ours failed where there is a live block: if another thread has opened
 * pages for reading just as they became that block's, they are made writable. */
void guard_settle(uintptr_t address);

#endif

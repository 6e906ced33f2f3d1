/* A page fault in the run of a large block: part of alloc/guard_hit.h, with the same promises. */
#ifndef ALLOC_LARGE_HIT_H
#define ALLOC_LARGE_HIT_H

#include <stdbool.h>

#include "alloc/guard_hit.h"
#include "base/compiler.h"
#include "heap/arena.h"

/* `out` has the address, which lies in the run of a large block. False: in pages that are open. */
MUST_USE bool large_hit(struct granule *run, struct guard_hit *out);

/* Makes writable what of a run was opened for reading only. False: refused, it is as it was. */
MUST_USE bool large_make_writable(struct granule *run);

/* Opens what was hit. A whole guard is opened at once, or the whole of a released block, which then
 * reads as zero. False: the system refuses. */
MUST_USE bool large_reopen(struct granule *run, const struct guard_hit *hit);

#endif

/* Calls in error: releases of what is no live block, releases by the wrong function, impossible
 * requests. All told as findings; none reads at the address in question. Call with no lock held. */
#ifndef ALLOC_WRONG_H
#define ALLOC_WRONG_H

#include <stddef.h>

#include "alloc/allocate.h"
#include "alloc/ref.h"
#include "alloc/thread.h"

/* After a record_begin_release() that was refused: true if the block was only held for a look at
 * it, and the caller shall try again. Waits until it is let go. */
MUST_USE bool wrong_was_held(const struct record *record);

/* double-free or invalid-free */
void wrong_release(struct thread *thread, const void *pointer, const struct release *how,
                   enum finding_detected detected, const struct call_site *site);

/* alloc-dealloc-mismatch of a block whose release has begun */
void wrong_partner(struct thread *thread, const struct ref *ref, const struct release *how,
                   const struct call_site *site);

#endif

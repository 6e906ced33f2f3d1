/* The two halves of a release. Internal to this layer. */
#ifndef ALLOC_RETIRE_H
#define ALLOC_RETIRE_H

#include "alloc/ref.h"
#include "alloc/thread.h"

/* Takes the live block that begins at that address for a release or resize. False if there is none:
 * the call is in error. */
MUST_USE bool release_begin(uintptr_t pointer, struct ref *ref);

/* The block's release has begun (its record is BUSY) and its canaries were looked at: notes thread
 * and stack, fills the memory and hands it to the quarantine. */
void release_finish(struct thread *thread, const struct ref *ref, uint32_t stack);

#endif

/* The second half of a release, for whoever has begun it. Internal to this layer. */
#ifndef ALLOC_RETIRE_H
#define ALLOC_RETIRE_H

#include "alloc/ref.h"
#include "alloc/thread.h"

/* The block's release has begun (its record is BUSY) and its canaries were looked at: notes thread
 * and stack, fills the memory and hands it to the quarantine. */
void release_finish(struct thread *thread, const struct ref *ref, uint32_t stack);

#endif

/* A stored stack: the epoch and the number of frames, then the frames by number (stack/pcs.h), in
 * seven bits a byte, the lowest first; the eighth says that more follow (LEB128). About two bytes a
 * frame. An id is its place in the store. */
#ifndef STACK_STORED_H
#define STACK_STORED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/stack.h"

/* Stores a stack; STACK_NONE when out of memory or full. The caller holds LOCK_DEPOT. */
MUST_USE uint32_t stored_write_locked(const uintptr_t *frames, uint32_t count, uint32_t epoch);

/* Same modules behind the frames when they were captured and now? `id` is one that was given out.
 */
bool stored_holds(uint32_t id, uint32_t epoch);

#endif

/* Looks at blocks whose owners run on meanwhile, and may have them between two states: what seems
 * damaged counts if it still is a moment later, with the record unchanged before and after each
 * look. A live block is then held (record_hold()) until its damage is copied and mended, so that it
 * is not released or resized just then; of a freed one only the record is marked, since its memory
 * may be used again any moment. What was found is for the caller to tell, with no lock held.
 *
 * The run that the block lies in is pinned by the caller (heap/pins.h), or the heap at rest. */
#ifndef ALLOC_LOOK_H
#define ALLOC_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/damage.h"
#include "alloc/ref.h"
#include "base/compiler.h"

/* What is wrong with the block, as far as nobody has told it; `found` of the scene is set by this
 * function. Returns how many findings there are. */
size_t look_at_block(const struct ref *ref, const struct damage_scene *scene,
                     struct damage_found *found);

/* Keeps a live block from being released or resized for a moment; false if it is no live one. Holds
 * a lock meanwhile that fork() waits for: no child gets a block that is held for ever. */
MUST_USE bool look_hold(const struct ref *ref);
void look_let_go(const struct ref *ref);

/* Calls `visit` for what lies in the run that begins at that granule, with the run pinned. Returns
 * how many granules on the next one may begin, at least 1. */
typedef void look_visit(void *context, const struct ref *ref);
size_t look_each_in_run(size_t granule, look_visit *visit, void *context);

/* One past the last granule that may be in use. */
size_t look_end(void);

void look_register_lock(void);

#endif

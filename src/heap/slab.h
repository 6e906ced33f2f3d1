/* Slabs: runs cut into equal slots of one size class, each with a record out of line.
 *
 *     slot i begins at  run start + SLAB_FRONT + i * slot_bytes
 *     record i is       records + i * HEAP_RECORD_BYTES
 *
 * The SLAB_FRONT bytes are room for the canary before slot 0. Slots leave and come back in batches,
 * under the lock of their class (LOCK_CLASS). Looking a slot up takes no lock. */
#ifndef HEAP_SLAB_H
#define HEAP_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "heap/arena.h"
#include "heap/size_class.h"

enum {
    SLAB_FRONT = 16,
    SLAB_SINGLE_MOST = 2064, /* slabs of slots up to that long are one granule each */
};

void slabs_start(void); /* registers the locks */
void slabs_keep_history(void);
void slabs_choose_at_random(uint64_t seed); /* slots leave in no order */

/* Called under the class's lock for each slot that leaves its slab; others of the slab that are
 * there stay so meanwhile. */
typedef void slab_prepare(struct granule *slab, uint32_t slot);

/* Up to `most` free slots of a class, lowest addresses first, or some of the first few hundred at
 * random. Returns how many; 0: no memory. */
MUST_USE size_t slab_take(unsigned size_class, uintptr_t *slots, size_t most,
                          slab_prepare *prepare);

/* Gives slots back. A slab that becomes wholly free, and is not wanted as a spare, is taken out of
 * its class and returned, for the caller to look at and then to release; at most one per call. */
struct granule *slab_put(unsigned size_class, const uintptr_t *slots, size_t count, size_t *done);
void slab_release(struct granule *slab);
void slab_free(struct granule *slab); /* the second half: nobody looks at it any more */

/* Takes one spare slab out of the class, as slab_put() does; NULL if it has none. */
struct granule *slab_take_spare(unsigned size_class);

#endif

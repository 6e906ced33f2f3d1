/* What was allocated and released beside a block since some moment: the few slots on either side of
 * it in its slab, or among guarded ones; of a large block, the large ones right before and behind
 * it. */
#ifndef ALLOC_BESIDE_H
#define ALLOC_BESIDE_H

#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/ref.h"

/* Fills the window's events, oldest first and the nearest if there are too many; their time_ms is
 * the tick (alloc/history.h). The block's run is pinned. */
void beside_events(const struct ref *ref, uint32_t since_tick, struct finding_window *window);

#endif

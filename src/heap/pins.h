/* Keeps runs from going back while somebody looks at them who owns nothing in them.
 *
 * Who looks says so first and sees then whether the run is still what it was taken for; who gives a
 * run back takes its kind away first and sees then whether somebody looks: one of the two notices
 * the other (both by full barriers; the idea of hazard pointers: Michael, IEEE TPDS 15(6), 2004).
 * Nobody waits: a run that is looked at is handed over to the one who looks, to be given back by
 * him. Lock-free. */
#ifndef HEAP_PINS_H
#define HEAP_PINS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "heap/arena.h"

enum { PINS = 8, PIN_NONE = -1 };

/* A pin on a run that is of this kind now; PIN_NONE if it is not, or all pins are in use. */
MUST_USE int pin_run(struct granule *run, enum granule_kind kind);
void unpin_run(int pin);

enum pin_heir { PIN_SLAB = 1, PIN_LARGE = 2 };

/* By who gives a run back, after its kind was taken away: true if unpin_run() will do it. */
MUST_USE bool pin_hand_over(struct granule *run, enum pin_heir what);

/* In a forked child: those who looked are not there. */
void pins_after_fork(void);

#endif

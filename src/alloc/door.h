/* The door between the program and our records (option protect_records). While a thread's door is
 * shut, what it writes to a record is a fault (os/keys.h). Whoever is called by the program, or by
 * the system in its place, and changes records opens the door for as long as that takes:
 *
 *     DOOR(door);
 *
 * A shut door hides thread_current: so the test for it that comes first in every allocation and
 * release, whether the thread was seen before, also finds a shut door, and the common path of those
 * who do not use keys has nothing to do for them.
 *
 * Doors may be opened within doors; the outermost shuts. A signal handler may come at any
 * instruction in between and open its own: it shuts that and leaves everything as it was. One that
 * interrupted an open door finds thread_current, and faults at its first write; it then has the
 * right for as long as it runs (interpose/signals/stray.c). Where keys are not used all of this is
 * one test. Not to be left by longjmp(), nor held open while the program's own functions are
 * called. */
#ifndef ALLOC_DOOR_H
#define ALLOC_DOOR_H

#include <stdbool.h>

#include "alloc/thread.h"
#include "base/compiler.h"
#include "os/keys.h"

struct door {
    bool is_outer;  /* it was shut before: rights … */
    bool hides;     /* … and thread_current */
    bool has_state; /* keys are used */
};

struct door door_open_used(void);
void door_shut_used(const struct door *door);

static ALWAYS_INLINE struct door door_open(void)
{
    return LIKELY(!os_keys_used) ? (struct door){false, false, false} : door_open_used();
}

static ALWAYS_INLINE void door_shut(const struct door *door)
{
    if (UNLIKELY(door->has_state)) {
        door_shut_used(door);
    }
}

/* For the rest of the scope. */
#define DOOR(name) struct door name __attribute__((cleanup(door_shut), unused)) = door_open()

#endif

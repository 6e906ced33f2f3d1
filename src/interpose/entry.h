/* The door between the program and the allocator: every interposed function passes it. */
#ifndef INTERPOSE_ENTRY_H
#define INTERPOSE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/thread.h"
#include "base/compiler.h"

/* Starts the allocator if that has not happened yet. False while this very thread is starting it,
 * and where not even the first memory could be had: then early_*() serves. */
bool entry_open(void);

/* Does `work` with the door shut to this thread: what libraries allocate meanwhile is ours, comes
 * from early_*(), and is in no figure. */
void entry_run_apart(void (*work)(void));

/* True when a thread may allocate: one test on the common path. */
static ALWAYS_INLINE bool entry_is_open(void)
{
    return LIKELY(thread_current != NULL) || entry_open();
}

#endif

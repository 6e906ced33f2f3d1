/* The core library without interposition, as the tests drive it: started by hand, findings counted.
 * */
#ifndef STRESS_CORE_H
#define STRESS_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/finding.h"
#include "alloc/guard_choice.h"
#include "model.h"

enum core_stacks { CORE_ONE_FRAME, CORE_WHOLE_STACKS };

/* Set before the start. */
extern enum guard_mode core_guard; /* GUARD_OFF */
extern bool core_hardens;          /* false */

/* Once in a process. False: the heap could not start for want of memory. */
bool core_start(size_t quarantine_bytes, enum core_stacks stacks);

extern const struct heap_calls core_calls;

/* Findings so far, of each kind; the last one whole. */
unsigned long core_findings(enum finding_kind kind);
unsigned long core_all_findings(void);
extern _Thread_local struct finding core_last_finding;

#endif

/* A clock that runs out, told by a signal to the thread that set it. */
#ifndef OS_ALARM_H
#define OS_ALARM_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"

/* Once, `wait_ms` from now, this thread gets the signal; SIGKILL, the process, whoever is left of
 * it. Nothing where the system has no timer. */
void os_alarm_set(int number, unsigned wait_ms);

/* True if that is where this one came from. */
MUST_USE bool os_alarm_sent(const siginfo_t *info);

#endif

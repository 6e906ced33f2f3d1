/* The report of a process that a signal ends. */
#ifndef INTERPOSE_SIGNALS_DEATH_H
#define INTERPOSE_SIGNALS_DEATH_H

#include "stack/callsite.h"

/* From the constructor, in a process that may have other threads already. */
void death_watch(void);

void death_after_fork(void);

/* abort() was called from there: what it calls is no part of the stack to be told. */
void death_from(const struct call_site *site);

#endif

/* The report of a process that a signal ends. */
#ifndef INTERPOSE_DEATH_H
#define INTERPOSE_DEATH_H

/* From the constructor, in a process that may have other threads already. */
void death_watch(void);

void death_after_fork(void);

#endif

/* Threads of the program: where their stacks are, and when they end. */
#ifndef INTERPOSE_THREADS_H
#define INTERPOSE_THREADS_H

#include <stdint.h>

/* From the constructor: has every thread that allocates hand its things on when it ends. */
void threads_watch_ends(void);

/* Makes the main thread's stack bounds known. */
void threads_enter_main(void);

#endif

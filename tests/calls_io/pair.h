/* Two connected sockets, for trials that need something to come. */
#ifndef CALLS_IO_PAIR_H
#define CALLS_IO_PAIR_H

#include "same.h"

struct pair {
    int near, far;
};

/* What is sent to `far` waits at `near`: one message does. */
struct pair pair_of(struct run *run);
void end_pair(struct pair pair);

#endif

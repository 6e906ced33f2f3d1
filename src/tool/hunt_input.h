/* The standard input of a program that is run several times: each run reads all of it again. */
#ifndef TOOL_HUNT_INPUT_H
#define TOOL_HUNT_INPUT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"

struct hunt_input {
    enum {
        INPUT_AS_IT_IS, /* terminals, devices, none */
        INPUT_FILE,     /* read from the same place again */
        INPUT_STREAM,   /* a pipe: what it gave so far is kept in a file, and handed out first */
    } kind;
    off_t start; /* of INPUT_FILE */
    int kept;    /* of INPUT_STREAM: the file */
};

/* False after a complaint: nothing can be kept in `folder`. */
MUST_USE bool hunt_input_start(struct hunt_input *input, const char *folder);

/* Before a run, with all signals blocked: the descriptor that is to be its standard input, or 0 to
 * leave it as it is. -1 after a complaint. `feeder` is the process that fills it, 0: there is none.
 */
MUST_USE int hunt_input_open(struct hunt_input *input, pid_t *feeder);

/* After the run. */
void hunt_input_close(int descriptor, pid_t feeder);

#endif

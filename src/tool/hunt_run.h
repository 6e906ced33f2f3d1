/* One run of the hunted program: started, signals passed on, waited for. */
#ifndef TOOL_HUNT_RUN_H
#define TOOL_HUNT_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "tool/hunt_input.h"

struct hunt_program {
    const char *path;
    char **arguments;
    struct hunt_input input;
};

struct hunt_run {
    pid_t pid;
    int status; /* as wait(2) has it */
};

/* `options` is the text for the library. `again`: its standard output is thrown away, unless that
 * is a terminal, since a run before has written the same. False after a complaint. */
MUST_USE bool hunt_run(struct hunt_program *program, const char *options, bool again,
                       struct hunt_run *out);

/* From now on signals go to the program that runs; keys typed reach it by themselves. */
void hunt_run_watch_signals(void);

/* Somebody wants it all to end: SIGTERM, SIGHUP or the quit key came. */
MUST_USE bool hunt_run_is_over(void);

/* Ends this process as that one ended: by the same signal, without a core; or returns its status.
 */
MUST_USE int hunt_run_pass_on(int status);

#endif

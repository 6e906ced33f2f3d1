/* What programs that are started from here find of ours in their environment: the library in
 * LD_PRELOAD, our settings, and which process and program they are. */
#ifndef INTERPOSE_ENVIRONMENT_H
#define INTERPOSE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "options/options.h"

/* Where this program stands among those that were started from one another. */
struct environment_place {
    bool forked;    /* another watched process started this one */
    unsigned image; /* programs that this process has been, from 1 */
};

/* At the start: copies what is needed. Nothing is taken from, or put into, the environment of a
 * program with more rights than its caller. */
struct environment_place environment_read(char *const *environment, bool secure);

/* From the constructor: prepares the environment that is inherited where nobody hands one over
 * (system, popen). */
void environment_settle(const struct options *options);

/* An environment for a program that is about to start; what is missing of ours is added, unless
 * children=off. */
struct environment_room {
    size_t entries; /* pointers, the NULL's included */
    size_t text_bytes;
};
struct environment_room environment_measure(char *const *given);

/* `entries` and `text` as measured; the result is `given` itself where that will do. `next_image`
 * is true where this very process becomes that program, and has written a report. */
MUST_USE char *const *environment_complete(char *const *given, bool next_image, char **entries,
                                           char *text);

#endif

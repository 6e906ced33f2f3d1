/* A helper process of ours, started from inside somebody else's program, which must not notice: it
 * is no child of the program, raises no SIGCHLD, holds none of its descriptors, and is spoken to
 * over a socket, so that its death raises no SIGPIPE. No allocation but the child's stack; errno
 * kept. One at a time per caller; not async-signal-safe. */
#ifndef OS_HELPER_H
#define OS_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_helper {
    int fd;     /* our end of its standard input and output */
    int pid;    /* the helper; 0 where only its keeper is known */
    int keeper; /* our child that is its parent; 0 once that has ended */
};

/* False if no process could be made. A program that cannot be executed shows as the end of its
 * answers. */
MUST_USE bool os_helper_start(const char *path, char *const argv[], char *const environment[],
                              struct os_helper *out);

/* Sends `request`, and meanwhile hands what comes back to `take` until that says it has enough
 * (true). False when the helper has ended, or did not get there before `deadline_ms`
 * (os_helper_now_ms()). */
MUST_USE bool os_helper_ask(const struct os_helper *helper, const char *request, size_t length,
                            uint64_t deadline_ms, bool (*take)(void *, const char *, size_t),
                            void *context);

/* Closes its input, at which it ends by itself; `at_once` kills it as well. */
void os_helper_end(struct os_helper *helper, bool at_once);

uint64_t os_helper_now_ms(void);

#endif

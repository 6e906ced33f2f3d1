/* Hardware watchpoints: the processor tells of every write to a few bytes, at no cost until then.
 * By perf_event_open(2) with signals (Linux 5.13). A processor has four.
 *
 * By system call; errno kept; async-signal-safe. Descriptors are near 1000 and close-on-exec; a
 * program that closes all of its descriptors ends its watches. */
#ifndef OS_WATCH_H
#define OS_WATCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum { OS_WATCHES = 4, OS_WATCH_THREADS = 16 };

/* One place that is watched, in this thread, those it starts, and those there are already: up to
 * OS_WATCH_THREADS in all. */
struct os_watch {
    int fds[OS_WATCH_THREADS];
    unsigned count;
    bool left_threads_out; /* for want of room, or the system refused some */
};

enum os_watch_result {
    OS_WATCH_DONE,
    OS_WATCH_NONE_LEFT, /* others have them all */
    OS_WATCH_REFUSED,   /* not permitted (perf_event_paranoid, seccomp), or not there */
};

/* Watches writes by the program itself, not by the kernel for it, to `length` bytes (1, 2, 4 or 8),
 * `address` a multiple of that. Each raises SIGTRAP in the thread that did it, right after. */
MUST_USE enum os_watch_result os_watch_open(struct os_watch *watch, uintptr_t address,
                                            unsigned length, uint32_t tag);
void os_watch_close(struct os_watch *watch);

/* A SIGTRAP of such a watch. It may come after the close. */
struct os_watch_hit {
    uint32_t tag;
    bool is_late; /* the thread had the signal blocked, and has gone on meanwhile */
};
MUST_USE bool os_watch_is_hit(const siginfo_t *info, struct os_watch_hit *out);

#endif

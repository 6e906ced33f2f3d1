/* A copy of this process that looks at itself, while the process goes on: memory as it stood, one
 * thread, none of the program's descriptors, no handler of the program's ever run.
 *
 * The program cannot tell: the copy raises no SIGCHLD, wait() and waitpid() do not see it (it is
 * made with no exit signal, see clone(2), and waited for with __WALL), no pthread_atfork handler
 * runs, debuggers do not attach to it. It ends with the thread that made it, and is the first to go
 * when the system is out of memory. A crash in it leaves no core file.
 *
 * Keeps errno. One at a time per caller. */
#ifndef OS_SNAPSHOT_H
#define OS_SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_snapshot {
    int pid;
    _Atomic uint32_t *done;
};

/* Runs `work` in a copy, which ends after it. `done` is zero and lies in memory that is shared with
 * the copy (os_pages_map_shared), as must be what `work` answers in; `work` takes no lock. Call
 * with all signals blocked. False if the system refuses. */
MUST_USE bool os_snapshot_start(struct os_snapshot *snapshot, _Atomic uint32_t *done,
                                void (*work)(void *context), void *context);

enum os_snapshot_end { SNAPSHOT_DONE, SNAPSHOT_CRASHED, SNAPSHOT_TIMED_OUT };

/* Waits until `work` has returned and the copy is gone; ends it after `timeout_ms`. `signal` is
 * what a crashed one died of; 0 if not known. */
enum os_snapshot_end os_snapshot_wait(const struct os_snapshot *snapshot, uint64_t timeout_ms,
                                      int *signal);

#endif

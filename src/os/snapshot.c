#include "os/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/io.h"
#include "os/limits.h"

enum { DONE = 1, LOOK_EVERY_MS = 10, OLD_CLOSE_MOST = 65536 };

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_all(void)
{
    if (syscall(SYS_close_range, 0, ~0u, 0) == 0) {
        return;
    }
    size_t files = os_limit_files(); /* before Linux 5.9 */
    int end = files < OLD_CLOSE_MOST ? (int)files : OLD_CLOSE_MOST;
    for (int fd = 0; fd < end; fd++) {
        (void)syscall(SYS_close, fd);
    }
}

static void volunteer_for_out_of_memory(void)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY, 0);
    if (fd >= 0) {
        (void)syscall(SYS_write, fd, "1000", 4);
        (void)syscall(SYS_close, fd);
    }
}

/* A limit of one byte and not of zero: that also keeps a core from being piped to a program, see
 * core(5). A fault ends the copy even though signals are blocked, and reaches no handler. */
static void settle_in(int parent)
{
    close_all();
    (void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if ((int)syscall(SYS_getppid) != parent) {
        os_exit_now(1); /* it died before that */
    }
    (void)syscall(SYS_prctl, PR_SET_NAME, "coalmine-scan", 0, 0, 0);
    const struct {
        uint64_t soft, hard;
    } core = {1, 1}; /* the kernel's own layout */
    (void)syscall(SYS_prlimit64, 0, RLIMIT_CORE, &core, NULL);
    volunteer_for_out_of_memory();
}

bool os_snapshot_start(struct os_snapshot *snapshot, _Atomic uint32_t *done,
                       void (*work)(void *context), void *context)
{
    int saved = errno;
    int parent = os_pid();
    int pid = (int)syscall(SYS_clone, (unsigned long)CLONE_UNTRACED, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        settle_in(parent);
        work(context);
        atomic_store(done, DONE);
        (void)syscall(SYS_futex, done, FUTEX_WAKE, 1, NULL, NULL, 0);
        os_exit_now(0);
    }
    *snapshot = (struct os_snapshot){.pid = pid, .done = done};
    errno = saved;
    return pid > 0;
}

/* True once it is gone. Where somebody else was told of its end before us, `signal` stays 0. */
static bool collect(int pid, int options, int *signal)
{
    int status = 0;
    long got;
    do {
        got = syscall(SYS_wait4, pid, &status, __WALL | options, NULL);
    } while (got < 0 && errno == EINTR);
    *signal = got == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return got != 0;
}

enum os_snapshot_end os_snapshot_wait(const struct os_snapshot *snapshot, uint64_t timeout_ms,
                                      int *signal)
{
    const struct timespec slice = {.tv_nsec = LOOK_EVERY_MS * 1000 * 1000};
    int saved = errno;
    uint64_t deadline = os_clock_ms() + timeout_ms;
    bool gone = false;
    *signal = 0;
    while (!gone && atomic_load(snapshot->done) != DONE && os_clock_ms() < deadline) {
        (void)syscall(SYS_futex, snapshot->done, FUTEX_WAIT, 0, &slice, NULL, 0);
        gone = atomic_load(snapshot->done) != DONE && collect(snapshot->pid, WNOHANG, signal);
    }
    enum os_snapshot_end end = atomic_load(snapshot->done) == DONE ? SNAPSHOT_DONE
                               : gone                              ? SNAPSHOT_CRASHED
                                                                   : SNAPSHOT_TIMED_OUT;
    if (!gone) { /* and has nothing left to do */
        int of_ours;
        (void)syscall(SYS_kill, snapshot->pid, SIGKILL);
        (void)collect(snapshot->pid, 0, &of_ours);
    }
    errno = saved;
    return end;
}

/* Program -> keeper -> helper. The keeper is made without an exit signal, so that wait() in the
 * program does not see it; an exec would give it one, which is why the helper is the keeper's child
 * and not ours.
 *
 * As a rule the keeper shares our memory (as with vfork: nothing is copied, this thread stands
 * still) and ends once the helper runs; the helper's parent is then init. Where orphans of ours
 * come back to us, being process 1 or a child subreaper, the keeper is a copy of us that stays
 * until the helper has ended. */
#include "os/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/io.h"
#include "os/own.h"
#include "os/signals.h"

enum {
    CHILD_STACK_BYTES = 16 * 1024, /* each of the two; they make system calls and little else */
    KEEPER_GRACE_MS = 1000,
    OLD_CLOSE_MOST = 65536, /* descriptors closed one by one before Linux 5.9 */
};

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

struct start {
    const char *path;
    char *const *argv, *const *environment;
    int fd; /* the helper's end */
    bool keeper_stays;
    char *helper_stack; /* its high end */
    int pid;
};

uint64_t os_helper_now_ms(void)
{
    struct timespec now = {0};
    (void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0u, 0) != 0) {
        for (unsigned fd = first; fd < OLD_CLOSE_MOST; fd++) {
            (void)syscall(SYS_close, fd);
        }
    }
}

static int helper_main(void *context)
{
    const struct start *start = context;
    (void)syscall(SYS_setsid); /* an interrupt typed at the program is not meant for us */
    if (start->keeper_stays) {
        (void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    }
    if (syscall(SYS_dup3, start->fd, 0, 0) < 0 || syscall(SYS_dup3, start->fd, 1, 0) < 0) {
        return 127;
    }
    int nowhere = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0);
    if (nowhere >= 0 && nowhere != 2) {
        (void)syscall(SYS_dup3, nowhere, 2, 0);
    }
    close_from(3);
    os_signals_reset();
    (void)syscall(SYS_execve, start->path, start->argv, start->environment);
    return 127;
}

static int keeper_main(void *context)
{
    struct start *start = context;
    start->pid = clone(helper_main, start->helper_stack, CLONE_VM | CLONE_VFORK | SIGCHLD, start);
    if (start->keeper_stays) {
        close_from(0);
        while (syscall(SYS_wait4, start->pid, NULL, __WALL, NULL) < 0 && errno == EINTR) {
        }
    }
    return 0;
}

static bool orphans_come_to_us(void)
{
    int subreaper = 0;
    (void)syscall(SYS_prctl, PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0);
    return subreaper != 0 || os_pid() == 1;
}

static void wait_for(int keeper, int flags)
{
    while (syscall(SYS_wait4, keeper, NULL, __WCLONE | flags, NULL) < 0 && errno == EINTR) {
    }
}

/* The keeper and, through it, the helper. */
static bool start_both(struct start *start, struct os_helper *out)
{
    char *stacks = own_alloc(2 * CHILD_STACK_BYTES);
    if (!stacks) {
        return false;
    }
    start->keeper_stays = orphans_come_to_us();
    start->helper_stack = stacks + 2 * CHILD_STACK_BYTES;
    struct os_signal_mask before;
    os_signals_hold_all(&before);
    int keeper = clone(keeper_main, stacks + CHILD_STACK_BYTES,
                       start->keeper_stays ? 0 : CLONE_VM | CLONE_VFORK, start);
    os_signals_restore(&before);
    own_free(stacks, 2 * CHILD_STACK_BYTES);
    if (keeper > 0 && !start->keeper_stays) {
        wait_for(keeper, 0);
        keeper = 0;
    }
    out->keeper = keeper;
    out->pid = start->pid;
    return keeper >= 0 && start->pid >= 0;
}

static bool above_standard(int *fd)
{
    if (*fd > 2) {
        return true;
    }
    int higher = (int)syscall(SYS_fcntl, *fd, F_DUPFD_CLOEXEC, 3);
    os_close(*fd);
    *fd = higher;
    return higher > 2;
}

bool os_helper_start(const char *path, char *const argv[], char *const environment[],
                     struct os_helper *out)
{
    int saved = errno;
    int ends[2];
    if (syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        errno = saved;
        return false;
    }
    bool both_above = above_standard(&ends[0]);
    both_above = above_standard(&ends[1]) && both_above;
    struct start start = {
        .path = path, .argv = argv, .environment = environment, .fd = ends[1], .pid = 0};
    bool started = both_above && start_both(&start, out);
    os_close(ends[1]);
    out->fd = ends[0];
    if (!started) {
        os_close(ends[0]);
    }
    errno = saved;
    return started;
}

/* Sends what the socket takes now. False if the other end is gone. */
static bool send_some(int fd, const char **request, size_t *length)
{
    long sent = syscall(SYS_sendto, fd, *request, *length, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    *request += sent;
    *length -= (size_t)sent;
    return true;
}

static bool wait_until(int fd, short events, uint64_t deadline_ms)
{
    uint64_t now = os_helper_now_ms();
    if (now >= deadline_ms) {
        return false;
    }
    const struct timespec left = {.tv_sec = (time_t)((deadline_ms - now) / 1000),
                                  .tv_nsec = (long)((deadline_ms - now) % 1000) * 1000000};
    struct pollfd ready = {.fd = fd, .events = events};
    long count = syscall(SYS_ppoll, &ready, 1, &left, NULL, sizeof(uint64_t));
    return count > 0 || (count < 0 && errno == EINTR);
}

bool os_helper_ask(const struct os_helper *helper, const char *request, size_t length,
                   uint64_t deadline_ms, bool (*take)(void *, const char *, size_t), void *context)
{
    int saved = errno;
    bool alive = true, enough = false;
    char answer[512]; /* small: we may be on a small stack */
    while (alive && !enough &&
           wait_until(helper->fd, (short)(length > 0 ? POLLIN | POLLOUT : POLLIN), deadline_ms)) {
        if (length > 0) {
            alive = send_some(helper->fd, &request, &length);
        }
        long got =
            syscall(SYS_recvfrom, helper->fd, answer, sizeof answer, MSG_DONTWAIT, NULL, NULL);
        if (got > 0) {
            enough = take(context, answer, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            alive = false;
        }
    }
    errno = saved;
    return enough;
}

static bool keeper_ended(int keeper)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    for (uint64_t end = os_helper_now_ms() + KEEPER_GRACE_MS; os_helper_now_ms() < end;) {
        if (syscall(SYS_wait4, keeper, NULL, __WCLONE | WNOHANG, NULL) != 0) {
            return true;
        }
        (void)syscall(SYS_nanosleep, &moment, NULL);
    }
    return false;
}

void os_helper_end(struct os_helper *helper, bool at_once)
{
    int saved = errno;
    (void)syscall(SYS_shutdown, helper->fd, SHUT_RDWR); /* a forked child may hold a copy of it */
    os_close(helper->fd);
    if (at_once && helper->pid > 0) {
        (void)syscall(SYS_kill, -helper->pid, SIGKILL); /* leads a group of its own, by setsid */
    }
    if (helper->keeper > 0 && (at_once || !keeper_ended(helper->keeper))) {
        (void)syscall(SYS_kill, helper->keeper, SIGKILL);
        wait_for(helper->keeper, 0);
    }
    *helper = (struct os_helper){.fd = -1};
    errno = saved;
}

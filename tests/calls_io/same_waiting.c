/* Waiting, for what comes and for children. */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pair.h"
#include "same.h"

static struct pollfd *polled_of(struct run *run, struct pair pair)
{
    struct pollfd *polled = buffer(run, 2 * sizeof *polled);
    polled[0] = (struct pollfd){.fd = pair.near, .events = POLLIN | POLLOUT};
    polled[1] = (struct pollfd){.fd = -1, .events = POLLIN};
    return polled;
}

static void try_poll(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, int) = function;
    struct pair pair = pair_of(run);
    note(run, await(polled_of(run, pair), 1 + pick(run, 2), 0));
    end_pair(pair);
}

static void try_poll_chk(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, int, size_t) = function;
    struct pair pair = pair_of(run);
    note(run, await(polled_of(run, pair), 2, 0, 2 * sizeof(struct pollfd)));
    end_pair(pair);
}

static void try_ppoll(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *) = function;
    struct pair pair = pair_of(run);
    struct timespec *none = memset(buffer(run, sizeof *none), 0, sizeof *none);
    note(run, await(polled_of(run, pair), 2, none, NULL));
    end_pair(pair);
}

static void try_ppoll_chk(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t) =
        function;
    struct pair pair = pair_of(run);
    struct timespec none = {0};
    note(run, await(polled_of(run, pair), 2, &none, NULL, 2 * sizeof(struct pollfd)));
    end_pair(pair);
}

/* A set that is no larger than it must be: one word. */
static fd_set *small_set(struct run *run, int fd)
{
    fd_mask *set = buffer(run, sizeof *set);
    *set = (fd_mask)1 << fd;
    return (fd_set *)set;
}

static void try_select(struct run *run, void *function)
{
    int (*await)(int, fd_set *, fd_set *, fd_set *, struct timeval *) = function;
    struct pair pair = pair_of(run);
    struct timeval *none = memset(buffer(run, sizeof *none), 0, sizeof *none);
    note(run,
         await(pair.near + 1, small_set(run, pair.near), small_set(run, pair.near), NULL, none));
    end_pair(pair);
}

static void try_pselect(struct run *run, void *function)
{
    int (*await)(int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *) =
        function;
    struct pair pair = pair_of(run);
    struct timespec none = {0};
    sigset_t *signals = buffer(run, sizeof *signals);
    sigemptyset(signals);
    note(run, await(pair.near + 1, small_set(run, pair.near), NULL, NULL, &none, signals));
    end_pair(pair);
}

static int epoll_of(struct pair pair)
{
    int fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u64 = 42};
    epoll_ctl(fd, EPOLL_CTL_ADD, pair.near, &event);
    return fd;
}

static void try_epoll_wait(struct run *run, void *function)
{
    int (*await)(int, struct epoll_event *, int, int) = function;
    struct pair pair = pair_of(run);
    int fd = epoll_of(pair);
    note(run, await(fd, buffer(run, 2 * sizeof(struct epoll_event)), pick(run, 2) ? 2 : 1000, 0));
    note(run, await(fd, NULL, 0, 0));
    close(fd);
    end_pair(pair);
}

static void try_epoll_pwait(struct run *run, void *function)
{
    int (*await)(int, struct epoll_event *, int, int, const sigset_t *) = function;
    struct pair pair = pair_of(run);
    int fd = epoll_of(pair);
    note(run, await(fd, buffer(run, sizeof(struct epoll_event)), 1, 0, NULL));
    close(fd);
    end_pair(pair);
}

static void try_epoll_ctl(struct run *run, void *function)
{
    int (*control)(int, int, int, struct epoll_event *) = function;
    struct pair pair = pair_of(run);
    int fd = epoll_create1(0);
    struct epoll_event *event = memset(buffer(run, sizeof *event), 0, sizeof *event);
    note(run, control(fd, EPOLL_CTL_ADD, pair.near, event));
    note(run, control(fd, EPOLL_CTL_ADD, pair.near, event));
    note(run, control(fd, EPOLL_CTL_DEL, pair.near, NULL));
    close(fd);
    end_pair(pair);
}

static pid_t child_of(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(7);
    }
    return child;
}

static void try_wait(struct run *run, void *function)
{
    pid_t (*await)(int *) = function;
    int *status = buffer(run, sizeof *status);
    pid_t child = child_of();
    note(run, await(status) == child);
    note(run, await(status));
}

static void try_waitpid(struct run *run, void *function)
{
    pid_t (*await)(pid_t, int *, int) = function;
    pid_t child = child_of();
    note(run, await(child, buffer(run, sizeof(int)), 0) == child);
    note(run, await(child, NULL, WNOHANG));
}

static void try_wait4(struct run *run, void *function)
{
    pid_t (*await)(pid_t, int *, int, struct rusage *) = function;
    struct rusage *usage = buffer(run, sizeof *usage);
    pid_t child = child_of();
    note(run, await(child, buffer(run, sizeof(int)), 0, usage) == child);
    memset(usage, 0, sizeof *usage);
}

const struct trial waiting_trials[] = {
    {"poll", try_poll},
    {"__poll", try_poll},
    {"__poll_chk", try_poll_chk},
    {"ppoll", try_ppoll},
    {"__ppoll_chk", try_ppoll_chk},
    {"select", try_select},
    {"__select", try_select},
    {"pselect", try_pselect},
    {"epoll_wait", try_epoll_wait},
    {"epoll_pwait", try_epoll_pwait},
    {"epoll_ctl", try_epoll_ctl},
    {"wait", try_wait},
    {"__wait", try_wait},
    {"waitpid", try_waitpid},
    {"__waitpid", try_waitpid},
    {"wait4", try_wait4},
    {NULL, NULL},
};

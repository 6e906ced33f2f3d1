/* Waiting for descriptors and for children: what is waited for, and what is told of it. Masks for
 * the while go through interpose/signals/sigmask.h. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/wait.h>

#include "base/checked.h"
#include "interpose/libc/detour.h"
#include "interpose/signals/sigmask.h"

static void judge_polled(const struct call *call, struct pollfd *polled, nfds_t count)
{
    size_t bytes;
    if (checked_mul(count, sizeof *polled, &bytes)) {
        call_writes(call, polled, bytes);
    }
}

EXPORTED int poll(struct pollfd *polled, nfds_t count, int milliseconds)
{
    struct call call = CALL(poll);
    judge_polled(&call, polled, count);
    return libc_poll(polled, count, milliseconds);
}

EXPORTED int __poll_chk(struct pollfd *polled, nfds_t count, int milliseconds, size_t room)
{
    struct call call = CALL(__poll_chk);
    judge_polled(&call, polled, count);
    return libc___poll_chk(polled, count, milliseconds, room);
}

static void judge_ppoll(const struct call *call, const struct timespec *time,
                        const sigset_t *signals)
{
    call_reads(call, time, sizeof *time);
    call_reads(call, signals, sizeof(long)); /* what the kernel knows of it */
}

EXPORTED int ppoll(struct pollfd *polled, nfds_t count, const struct timespec *time,
                   const sigset_t *signals)
{
    struct call call = CALL(ppoll);
    judge_polled(&call, polled, count);
    judge_ppoll(&call, time, signals);
    sigset_t room;
    return libc_ppoll(polled, count, time, sigmask_for_kernel(signals, &room));
}

EXPORTED int __ppoll_chk(struct pollfd *polled, nfds_t count, const struct timespec *time,
                         const sigset_t *signals, size_t room)
{
    struct call call = CALL(__ppoll_chk);
    judge_polled(&call, polled, count);
    judge_ppoll(&call, time, signals);
    sigset_t mask;
    return libc___ppoll_chk(polled, count, time, sigmask_for_kernel(signals, &mask), room);
}

/* Sets are read and written in words, no further than the highest descriptor asked for. */
static void judge_sets(const struct call *call, int count, fd_set *a, fd_set *b, fd_set *c)
{
    size_t bytes = count > 0 ? ((size_t)count + NFDBITS - 1) / NFDBITS * sizeof(fd_mask) : 0;
    call_writes(call, a, bytes);
    call_writes(call, b, bytes);
    call_writes(call, c, bytes);
}

EXPORTED int select(int count, fd_set *restrict readable, fd_set *restrict writable,
                    fd_set *restrict exceptional, struct timeval *restrict time)
{
    struct call call = CALL(select);
    judge_sets(&call, count, readable, writable, exceptional);
    call_writes(&call, time, sizeof *time);
    return libc_select(count, readable, writable, exceptional, time);
}

EXPORTED int pselect(int count, fd_set *restrict readable, fd_set *restrict writable,
                     fd_set *restrict exceptional, const struct timespec *restrict time,
                     const sigset_t *restrict signals)
{
    struct call call = CALL(pselect);
    judge_sets(&call, count, readable, writable, exceptional);
    call_reads(&call, time, sizeof *time);
    call_reads(&call, signals, sizeof(long));
    sigset_t room;
    return libc_pselect(count, readable, writable, exceptional, time,
                        sigmask_for_kernel(signals, &room));
}

/* In a function that has `call`, `to` and `most`; the real one writes to detour.at. */
#define AWAIT(...) \
    DETOUR detour = detour_begin(&call, to, most > 0 ? (size_t)most * sizeof *to : 0); \
    int count = __VA_ARGS__; \
    detour_end(&detour, count > 0 ? (size_t)count * sizeof *to : 0); \
    return count

EXPORTED int epoll_wait(int fd, struct epoll_event *to, int most, int milliseconds)
{
    struct call call = CALL(epoll_wait);
    AWAIT(libc_epoll_wait(fd, (struct epoll_event *)detour.at, most, milliseconds));
}

EXPORTED int epoll_pwait(int fd, struct epoll_event *to, int most, int milliseconds,
                         const sigset_t *signals)
{
    struct call call = CALL(epoll_pwait);
    sigset_t room;
    const sigset_t *mask = sigmask_for_kernel(signals, &room);
    AWAIT(libc_epoll_pwait(fd, (struct epoll_event *)detour.at, most, milliseconds, mask));
}

EXPORTED int epoll_ctl(int fd, int operation, int of, struct epoll_event *event)
{
    struct call call = CALL(epoll_ctl);
    call_reads(&call, event, operation == EPOLL_CTL_DEL ? 0 : sizeof *event);
    return libc_epoll_ctl(fd, operation, of, event);
}

EXPORTED pid_t wait(int *status)
{
    struct call call = CALL(wait);
    call_writes(&call, status, sizeof *status);
    return libc_wait(status);
}

EXPORTED pid_t waitpid(pid_t child, int *status, int options)
{
    struct call call = CALL(waitpid);
    call_writes(&call, status, sizeof *status);
    return libc_waitpid(child, status, options);
}

EXPORTED pid_t wait4(pid_t child, int *status, int options, struct rusage *usage)
{
    struct call call = CALL(wait4);
    call_writes(&call, status, sizeof *status);
    call_writes(&call, usage, sizeof *usage);
    return libc_wait4(child, status, options, usage);
}

SECOND_NAME(__poll, poll);
SECOND_NAME(__select, select);
SECOND_NAME(__wait, wait);
SECOND_NAME(__waitpid, waitpid);

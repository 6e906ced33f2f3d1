/* Sockets, and waiting. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "same.h"

static const char message[] = "a message of forty bytes, more or less..";

struct pair {
    int near, far;
};

/* Two connected ends; what is sent to `far` waits at `near`. */
static struct pair pair_of(struct run *run)
{
    int ends[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    (void)run;
    send(ends[1], message, sizeof message, 0);
    return (struct pair){ends[0], ends[1]};
}

static void end(struct pair pair)
{
    close(pair.near);
    close(pair.far);
}

static size_t said_of(struct run *run)
{
    return pick(run, 2) ? pick(run, 50) : 4096;
}

static void try_recv(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, int) = function;
    struct pair pair = pair_of(run);
    size_t said = said_of(run);
    note(run,
         get(pair.near, buffer(run, said < 50 ? said : 50), said, pick(run, 2) ? MSG_TRUNC : 0));
    note(run, get(pair.near, buffer(run, 4), 4, MSG_DONTWAIT));
    end(pair);
}

static void try_recv_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, size_t, int) = function;
    struct pair pair = pair_of(run);
    size_t said = said_of(run);
    note(run, get(pair.near, buffer(run, said < 50 ? said : 50), said, said, 0));
    end(pair);
}

/* A listening socket with a name that the system made up, and one connected to it. */
struct server {
    struct sockaddr_un name;
    socklen_t length;
    int listening, client;
};

static struct server server_of(struct run *run)
{
    struct server server = {.name = {.sun_family = AF_UNIX}, .length = sizeof server.name};
    (void)run;
    server.listening = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server.listening, (struct sockaddr *)&server.name, sizeof server.name.sun_family);
    getsockname(server.listening, (struct sockaddr *)&server.name, &server.length);
    listen(server.listening, 4);
    server.client = socket(AF_UNIX, SOCK_STREAM, 0);
    return server;
}

static void stop(struct server server)
{
    close(server.listening);
    close(server.client);
}

static void try_recvfrom(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, int, struct sockaddr *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    size_t said = said_of(run), room = pick(run, 20);
    socklen_t *length = buffer(run, sizeof *length);
    *length = (socklen_t)room;
    note(run,
         get(pair.near, buffer(run, said < 50 ? said : 50), said, 0, buffer(run, room), length));
    note(run, get(pair.near, buffer(run, 4), 4, MSG_DONTWAIT, NULL, NULL));
    end(pair);
}

static void try_recvfrom_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    note(run, get(pair.near, buffer(run, 50), 50, 50, 0, NULL, NULL));
    end(pair);
}

static void try_recvmsg(struct run *run, void *function)
{
    ssize_t (*get)(int, struct msghdr *, int) = function;
    struct pair pair = pair_of(run);
    struct msghdr *head = buffer(run, sizeof *head);
    struct iovec pieces[2] = {{buffer(run, 10), 10}, {buffer(run, 40), pick(run, 2) ? 40 : 5000}};
    *head = (struct msghdr){.msg_iov = pieces, .msg_iovlen = 2, .msg_flags = 77};
    note(run, get(pair.near, head, 0));
    note(run, head->msg_iov == pieces);
    note(run, head->msg_flags);
    note(run, get(pair.near, head, MSG_DONTWAIT));
    memset(head, 0, sizeof *head); /* the addresses differ */
    end(pair);
}

static void note_sent(struct run *run, struct pair pair)
{
    char got[100];
    recv(pair.far, got, sizeof got, MSG_DONTWAIT);
    note_bytes(run, got, 8);
}

static void try_send(struct run *run, void *function)
{
    ssize_t (*put)(int, const void *, size_t, int) = function;
    struct pair pair = pair_of(run);
    size_t count = 8 + pick(run, 20);
    note(run, put(pair.near, buffer(run, count), count, 0));
    note_sent(run, pair);
    end(pair);
}

static void try_sendto(struct run *run, void *function)
{
    ssize_t (*put)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = function;
    struct pair pair = pair_of(run);
    note(run, put(pair.near, buffer(run, 9), 9, 0, NULL, 0));
    struct sockaddr_un *nobody = buffer(run, sizeof *nobody);
    *nobody = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "/nowhere/at/all"};
    note(run, put(pair.near, "x", 1, 0, (struct sockaddr *)nobody, sizeof *nobody));
    note_sent(run, pair);
    end(pair);
}

static void try_sendmsg(struct run *run, void *function)
{
    ssize_t (*put)(int, const struct msghdr *, int) = function;
    struct pair pair = pair_of(run);
    struct iovec pieces[2] = {{buffer(run, 6), 6}, {buffer(run, 7), 7}};
    struct msghdr head = {.msg_iov = pieces, .msg_iovlen = 2};
    note(run, put(pair.near, &head, 0));
    note_sent(run, pair);
    end(pair);
}

static void try_accept(struct run *run, void *function)
{
    int (*take)(int, struct sockaddr *, socklen_t *) = function;
    struct server server = server_of(run);
    connect(server.client, (struct sockaddr *)&server.name, server.length);
    socklen_t length = (socklen_t)pick(run, 12);
    int fd = take(server.listening, buffer(run, length), &length);
    note(run, fd >= 0);
    note(run, length);
    close(fd);
    note(run, take(-1, NULL, NULL));
    stop(server);
}

static void try_accept4(struct run *run, void *function)
{
    int (*take)(int, struct sockaddr *, socklen_t *, int) = function;
    struct server server = server_of(run);
    connect(server.client, (struct sockaddr *)&server.name, server.length);
    int fd = take(server.listening, NULL, NULL, SOCK_CLOEXEC);
    note(run, fd >= 0);
    close(fd);
    stop(server);
}

static void try_bind(struct run *run, void *function)
{
    int (*name)(int, const struct sockaddr *, socklen_t) = function;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr *address = buffer(run, sizeof *address);
    address->sa_family = AF_UNIX;
    note(run, name(fd, address, sizeof address->sa_family));
    note(run, name(-1, address, sizeof *address));
    close(fd);
}

static void try_connect(struct run *run, void *function)
{
    int (*name)(int, const struct sockaddr *, socklen_t) = function;
    struct server server = server_of(run);
    struct sockaddr *address = buffer(run, server.length);
    memcpy(address, &server.name, server.length);
    note(run, name(server.client, address, server.length));
    memset(address, 0, server.length); /* the names differ */
    stop(server);
}

static void try_name_of(struct run *run, void *function)
{
    int (*get)(int, struct sockaddr *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    socklen_t length = (socklen_t)pick(run, 200);
    note(run, get(pair.near, buffer(run, length < 100 ? length : 100), &length));
    note(run, length);
    note(run, get(0, buffer(run, 4), &length));
    end(pair);
}

static void try_getsockopt(struct run *run, void *function)
{
    int (*get)(int, int, int, void *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    socklen_t length = (socklen_t)pick(run, 2) ? 4 : 100;
    note(run, get(pair.near, SOL_SOCKET, SO_TYPE, buffer(run, 4), &length));
    note(run, length);
    note(run, get(pair.near, SOL_SOCKET, -1, buffer(run, 4), &length));
    end(pair);
}

static void try_setsockopt(struct run *run, void *function)
{
    int (*set)(int, int, int, const void *, socklen_t) = function;
    struct pair pair = pair_of(run);
    int *value = buffer(run, sizeof *value);
    *value = 1;
    note(run, set(pair.near, SOL_SOCKET, SO_KEEPALIVE, value, sizeof *value));
    note(run, set(pair.near, SOL_SOCKET, SO_KEEPALIVE, NULL, sizeof *value));
    end(pair);
}

static void try_socketpair(struct run *run, void *function)
{
    int (*make)(int, int, int, int *) = function;
    int *ends = buffer(run, 2 * sizeof *ends);
    note(run, make(AF_UNIX, SOCK_STREAM, 0, ends));
    close(ends[0]);
    close(ends[1]);
    ends[0] = ends[1] = 0;
    note(run, make(-1, SOCK_STREAM, 0, ends));
}

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
    end(pair);
}

static void try_poll_chk(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, int, size_t) = function;
    struct pair pair = pair_of(run);
    note(run, await(polled_of(run, pair), 2, 0, 2 * sizeof(struct pollfd)));
    end(pair);
}

static void try_ppoll(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *) = function;
    struct pair pair = pair_of(run);
    struct timespec *none = memset(buffer(run, sizeof *none), 0, sizeof *none);
    note(run, await(polled_of(run, pair), 2, none, NULL));
    end(pair);
}

static void try_ppoll_chk(struct run *run, void *function)
{
    int (*await)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t) =
        function;
    struct pair pair = pair_of(run);
    struct timespec none = {0};
    note(run, await(polled_of(run, pair), 2, &none, NULL, 2 * sizeof(struct pollfd)));
    end(pair);
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
    end(pair);
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
    end(pair);
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
    end(pair);
}

static void try_epoll_pwait(struct run *run, void *function)
{
    int (*await)(int, struct epoll_event *, int, int, const sigset_t *) = function;
    struct pair pair = pair_of(run);
    int fd = epoll_of(pair);
    note(run, await(fd, buffer(run, sizeof(struct epoll_event)), 1, 0, NULL));
    close(fd);
    end(pair);
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
    end(pair);
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

const struct trial socket_trials[] = {
    {"recv", try_recv},
    {"__recv_chk", try_recv_chk},
    {"recvfrom", try_recvfrom},
    {"__recvfrom_chk", try_recvfrom_chk},
    {"recvmsg", try_recvmsg},
    {"send", try_send},
    {"sendto", try_sendto},
    {"sendmsg", try_sendmsg},
    {"accept", try_accept},
    {"accept4", try_accept4},
    {"bind", try_bind},
    {"connect", try_connect},
    {"getsockname", try_name_of},
    {"getpeername", try_name_of},
    {"getsockopt", try_getsockopt},
    {"setsockopt", try_setsockopt},
    {"socketpair", try_socketpair},
    {"poll", try_poll},
    {"__poll_chk", try_poll_chk},
    {"ppoll", try_ppoll},
    {"__ppoll_chk", try_ppoll_chk},
    {"select", try_select},
    {"pselect", try_pselect},
    {"epoll_wait", try_epoll_wait},
    {"epoll_pwait", try_epoll_pwait},
    {"epoll_ctl", try_epoll_ctl},
    {"wait", try_wait},
    {"waitpid", try_waitpid},
    {"wait4", try_wait4},
    {NULL, NULL},
};

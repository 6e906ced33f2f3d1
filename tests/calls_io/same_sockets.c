/* Sockets. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pair.h"
#include "same.h"

static const char message[] = "a message of forty bytes, more or less..";

struct pair pair_of(struct run *run)
{
    int ends[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    (void)run;
    send(ends[1], message, sizeof message, 0);
    return (struct pair){ends[0], ends[1]};
}

void end_pair(struct pair pair)
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
    end_pair(pair);
}

static void try_recv_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, size_t, int) = function;
    struct pair pair = pair_of(run);
    size_t said = said_of(run);
    note(run, get(pair.near, buffer(run, said < 50 ? said : 50), said, said, 0));
    end_pair(pair);
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
    end_pair(pair);
}

static void try_recvfrom_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    note(run, get(pair.near, buffer(run, 50), 50, 50, 0, NULL, NULL));
    end_pair(pair);
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
    end_pair(pair);
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
    end_pair(pair);
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
    end_pair(pair);
}

static void try_sendmsg(struct run *run, void *function)
{
    ssize_t (*put)(int, const struct msghdr *, int) = function;
    struct pair pair = pair_of(run);
    struct iovec pieces[2] = {{buffer(run, 6), 6}, {buffer(run, 7), 7}};
    struct msghdr head = {.msg_iov = pieces, .msg_iovlen = 2};
    note(run, put(pair.near, &head, 0));
    note_sent(run, pair);
    end_pair(pair);
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
    end_pair(pair);
}

static void try_getsockopt(struct run *run, void *function)
{
    int (*get)(int, int, int, void *, socklen_t *) = function;
    struct pair pair = pair_of(run);
    socklen_t length = (socklen_t)pick(run, 2) ? 4 : 100;
    note(run, get(pair.near, SOL_SOCKET, SO_TYPE, buffer(run, 4), &length));
    note(run, length);
    note(run, get(pair.near, SOL_SOCKET, -1, buffer(run, 4), &length));
    end_pair(pair);
}

static void try_setsockopt(struct run *run, void *function)
{
    int (*set)(int, int, int, const void *, socklen_t) = function;
    struct pair pair = pair_of(run);
    int *value = buffer(run, sizeof *value);
    *value = 1;
    note(run, set(pair.near, SOL_SOCKET, SO_KEEPALIVE, value, sizeof *value));
    note(run, set(pair.near, SOL_SOCKET, SO_KEEPALIVE, NULL, sizeof *value));
    end_pair(pair);
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

const struct trial socket_trials[] = {
    {"recv", try_recv},
    {"__recv_chk", try_recv_chk},
    {"recvfrom", try_recvfrom},
    {"__recvfrom_chk", try_recvfrom_chk},
    {"recvmsg", try_recvmsg},
    {"send", try_send},
    {"__send", try_send},
    {"sendto", try_sendto},
    {"sendmsg", try_sendmsg},
    {"accept", try_accept},
    {"accept4", try_accept4},
    {"bind", try_bind},
    {"connect", try_connect},
    {"__connect", try_connect},
    {"getsockname", try_name_of},
    {"getpeername", try_name_of},
    {"getsockopt", try_getsockopt},
    {"setsockopt", try_setsockopt},
    {"socketpair", try_socketpair},
    {NULL, NULL},
};

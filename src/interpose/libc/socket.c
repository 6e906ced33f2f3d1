/* Sockets: what is sent and received, and the addresses of their ends. */
#include <sys/socket.h>

#include "interpose/libc/answer.h"
#include "interpose/libc/vector.h"

/* MSG_TRUNC has the whole message's length told, not what of it was written. */
static size_t received(ssize_t got, size_t count)
{
    if (got <= 0) {
        return 0;
    }
    return (size_t)got < count ? (size_t)got : count;
}

static ssize_t receive(const struct call *call, int fd, void *to, size_t count, int flags)
{
    DETOUR detour = detour_begin(call, to, count);
    ssize_t got = libc_recv(fd, detour.at, count, flags);
    detour_end(&detour, received(got, count));
    return got;
}

EXPORTED ssize_t recv(int fd, void *to, size_t count, int flags)
{
    struct call call = CALL(recv);
    return receive(&call, fd, to, count, flags);
}

EXPORTED ssize_t __recv_chk(int fd, void *to, size_t count, size_t room, int flags)
{
    struct call call = CALL(__recv_chk);
    return count > room ? libc___recv_chk(fd, to, count, room, flags)
                        : receive(&call, fd, to, count, flags);
}

static ssize_t receive_from(const struct call *call, int fd, void *to, size_t count, int flags,
                            void *address, socklen_t *length)
{
    DETOUR detour = detour_begin(call, to, count);
    ANSWER sender = answer_begin(call, address, length);
    ssize_t got = libc_recvfrom(fd, detour.at, count, flags, answer_at(&sender), length);
    detour_end(&detour, received(got, count));
    answer_end(&sender, got >= 0);
    return got;
}

EXPORTED ssize_t recvfrom(int fd, void *restrict to, size_t count, int flags,
                          struct sockaddr *restrict address, socklen_t *restrict length)
{
    struct call call = CALL(recvfrom);
    return receive_from(&call, fd, to, count, flags, address, length);
}

EXPORTED ssize_t __recvfrom_chk(int fd, void *restrict to, size_t count, size_t room, int flags,
                                struct sockaddr *restrict address, socklen_t *restrict length)
{
    struct call call = CALL(__recvfrom_chk);
    return count > room ? libc___recvfrom_chk(fd, to, count, room, flags, address, length)
                        : receive_from(&call, fd, to, count, flags, address, length);
}

EXPORTED ssize_t send(int fd, const void *from, size_t count, int flags)
{
    struct call call = CALL(send);
    call_reads(&call, from, count);
    return libc_send(fd, from, count, flags);
}

EXPORTED ssize_t sendto(int fd, const void *from, size_t count, int flags,
                        const struct sockaddr *address, socklen_t length)
{
    struct call call = CALL(sendto);
    call_reads(&call, from, count);
    call_reads(&call, address, address ? length : 0);
    return libc_sendto(fd, from, count, flags, address, length);
}

EXPORTED ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct call call = CALL(sendmsg);
    call_reads(&call, message, sizeof *message);
    if (message && calls_are_judged()) {
        call_reads(&call, message->msg_name, message->msg_name ? message->msg_namelen : 0);
        call_reads(&call, message->msg_control, message->msg_control ? message->msg_controllen : 0);
        vector_reads(&call, message->msg_iov, message->msg_iovlen);
    }
    return libc_sendmsg(fd, message, flags);
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Name and control data go to buffers that are rarely larger than said: judged when they have
 * come. */
static ssize_t receive_message(const struct call *call, int fd, struct msghdr *message, int flags)
{
    struct msghdr given = *message;
    VECTOR vector = vector_begin(call, message->msg_iov, message->msg_iovlen);
    given.msg_iov = vector.at;
    ssize_t got = libc_recvmsg(fd, &given, flags);
    if (got >= 0) {
        call_writes(call, message->msg_name,
                    message->msg_name ? lesser(given.msg_namelen, message->msg_namelen) : 0);
        call_writes(call, message->msg_control,
                    message->msg_control ? lesser(given.msg_controllen, message->msg_controllen)
                                         : 0);
        vector_end(&vector, (size_t)got);
        given.msg_iov = message->msg_iov;
        *message = given;
    }
    return got;
}

EXPORTED ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct call call = CALL(recvmsg);
    call_writes(&call, message, sizeof *message);
    return message && calls_are_judged() ? receive_message(&call, fd, message, flags)
                                         : libc_recvmsg(fd, message, flags);
}

#define NAME_OF(name) \
    EXPORTED int name(int fd, struct sockaddr *restrict address, socklen_t *restrict length) \
    { \
        struct call call = CALL(name); \
        ANSWER answer = answer_begin(&call, address, length); \
        int result = libc_##name(fd, answer_at(&answer), length); \
        answer_end(&answer, result >= 0); \
        return result; \
    }
NAME_OF(accept)
NAME_OF(getsockname)
NAME_OF(getpeername)

EXPORTED int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length,
                     int flags)
{
    struct call call = CALL(accept4);
    ANSWER answer = answer_begin(&call, address, length);
    int result = libc_accept4(fd, answer_at(&answer), length, flags);
    answer_end(&answer, result >= 0);
    return result;
}

#define NAMED(name) \
    EXPORTED int name(int fd, const struct sockaddr *address, socklen_t length) \
    { \
        struct call call = CALL(name); \
        call_reads(&call, address, address ? length : 0); \
        return libc_##name(fd, address, length); \
    }
NAMED(bind)
NAMED(connect)

EXPORTED int getsockopt(int fd, int level, int option, void *restrict value,
                        socklen_t *restrict length)
{
    struct call call = CALL(getsockopt);
    ANSWER answer = answer_begin(&call, value, length);
    int result = libc_getsockopt(fd, level, option, answer_at(&answer), length);
    answer_end(&answer, result == 0);
    return result;
}

EXPORTED int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    struct call call = CALL(setsockopt);
    call_reads(&call, value, value ? length : 0);
    return libc_setsockopt(fd, level, option, value, length);
}

EXPORTED int socketpair(int domain, int type, int protocol, int ends[2])
{
    struct call call = CALL(socketpair);
    call_writes(&call, ends, 2 * sizeof *ends);
    return libc_socketpair(domain, type, protocol, ends);
}

SECOND_NAME(__send, send);
SECOND_NAME(__connect, connect);

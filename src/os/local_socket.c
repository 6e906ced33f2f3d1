#include "os/local_socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/io.h"

enum { WAITING_CLIENTS_MOST = 16 };

static socklen_t address_of(const char *name, size_t length, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path + 1, name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

static int new_socket(int flags)
{
    long fd = syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    return fd < 0 ? -errno : (int)fd;
}

int os_local_listen(const char *name, size_t length)
{
    int saved = errno;
    struct sockaddr_un address;
    socklen_t bytes = address_of(name, length, &address);
    int fd = new_socket(SOCK_NONBLOCK);
    if (fd >= 0 && (syscall(SYS_bind, fd, &address, bytes) != 0 ||
                    syscall(SYS_listen, fd, WAITING_CLIENTS_MOST) != 0)) {
        int failed = -errno;
        os_close(fd);
        fd = failed;
    }
    errno = saved;
    return fd;
}

bool os_local_peer_may_ask(int fd)
{
    int saved = errno;
    struct ucred peer;
    socklen_t length = sizeof peer;
    uid_t real = 0, effective = 0, kept = 0;
    bool known = syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
                 syscall(SYS_getresuid, &real, &effective, &kept) == 0;
    errno = saved;
    return known &&
           (peer.uid == 0 || (peer.uid == real && peer.uid == effective && peer.uid == kept));
}

static bool wait_until(int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        uint64_t now = os_clock_ms();
        if (now >= deadline_ms) {
            return false;
        }
        uint64_t left_ms = deadline_ms - now;
        const struct timespec left = {.tv_sec = (time_t)(left_ms / 1000),
                                      .tv_nsec = (long)(left_ms % 1000) * 1000000};
        struct pollfd ready = {.fd = fd, .events = events};
        long count = syscall(SYS_ppoll, &ready, 1, &left, NULL, sizeof(uint64_t));
        if (count != 0 && !(count < 0 && errno == EINTR)) {
            return count > 0;
        }
    }
}

/* What accept() says of one client that went away, or of a shortage that may pass. */
static bool may_pass(int error)
{
    return error == EINTR || error == EAGAIN || error == ECONNABORTED || error == EMFILE ||
           error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EPERM;
}

int os_local_accept(int listener, unsigned timeout_ms)
{
    enum { SHORTAGE_US = 100 * 1000 };
    int saved = errno;
    long fd = -EAGAIN;
    uint64_t deadline_ms = os_clock_ms() + timeout_ms;
    while (wait_until(listener, POLLIN, deadline_ms)) {
        fd = syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        fd = fd < 0 ? -errno : fd;
        if (fd >= 0 || !may_pass((int)-fd)) {
            break;
        }
        os_sleep_us(SHORTAGE_US);
        fd = -EAGAIN;
    }
    errno = saved;
    return (int)fd;
}

ssize_t os_local_receive(int fd, char *data, size_t capacity, uint64_t deadline_ms)
{
    int saved = errno;
    long got = -1;
    while (wait_until(fd, POLLIN, deadline_ms)) {
        got = syscall(SYS_recvfrom, fd, data, capacity, MSG_DONTWAIT, NULL, NULL);
        if (got >= 0 || (errno != EAGAIN && errno != EINTR)) {
            break;
        }
    }
    errno = saved;
    return got;
}

bool os_local_send(int fd, const char *data, size_t length, unsigned patience_ms)
{
    int saved = errno;
    bool alive = true;
    while (alive && length > 0) {
        alive = wait_until(fd, POLLOUT, os_clock_ms() + patience_ms);
        long sent =
            alive ? syscall(SYS_sendto, fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0) : 0;
        if (sent < 0) {
            alive = errno == EAGAIN || errno == EINTR;
        } else {
            data += sent;
            length -= (size_t)sent;
        }
    }
    errno = saved;
    return alive;
}

void os_local_knock(const char *name, size_t length)
{
    int saved = errno;
    struct sockaddr_un address;
    socklen_t bytes = address_of(name, length, &address);
    int fd = new_socket(SOCK_NONBLOCK);
    if (fd >= 0) {
        (void)syscall(SYS_connect, fd, &address, bytes);
        os_close(fd);
    }
    errno = saved;
}

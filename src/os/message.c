#include "os/message.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "os/signals.h"

static bool wait_for_room(int fd)
{
    const struct timespec at_most = {.tv_sec = 5};
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    return syscall(SYS_ppoll, &room, 1, &at_most, NULL, sizeof(uint64_t)) > 0;
}

/* 0, or the error that ended it. */
static int write_on(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long done = syscall(SYS_write, fd, text, length);
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        } else if (done == 0 || (errno != EINTR && (errno != EAGAIN || !wait_for_room(fd)))) {
            return done == 0 ? EIO : errno;
        }
    }
    return 0;
}

bool os_message_write(int fd, const char *text, size_t length)
{
    int saved = errno;
    struct os_signal_mask before;
    os_signals_hold(&before);
    const uint64_t pipe_bit = UINT64_C(1) << (SIGPIPE - 1);
    bool was_pending = os_signals_pending() & pipe_bit;
    int failed = write_on(fd, text, length);
    if (failed == EPIPE && !was_pending) {
        os_signals_drop_pipe();
    }
    os_signals_restore(&before);
    errno = saved;
    return failed == 0;
}

bool os_is_terminal(int fd)
{
    int saved = errno;
    char settings[256]; /* larger than the kernel's struct termios on any machine */
    bool is = syscall(SYS_ioctl, fd, TCGETS, settings) == 0;
    errno = saved;
    return is;
}

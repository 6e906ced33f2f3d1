#include "os/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "os/limits.h"
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

static int kept = -1;
static struct stat
    kept_file; /* a program that closes all descriptors may have opened another one there */

void os_message_keep_standard_error(void)
{
    enum { NEAR = 1000, ROOM = 24 };
    int saved = errno;
    size_t most = os_limit_files();
    long least = most > NEAR + ROOM ? NEAR : (long)most - ROOM;
    long fd = least > ROOM ? syscall(SYS_fcntl, 2, F_DUPFD_CLOEXEC, least) : -1;
    kept = fd >= 0 && fstat((int)fd, &kept_file) == 0 ? (int)fd : -1;
    errno = saved;
}

int os_message_standard_error(void)
{
    int saved = errno;
    struct stat now;
    bool use_kept = kept >= 0 && syscall(SYS_fcntl, 2, F_GETFD) < 0 && fstat(kept, &now) == 0 &&
                    now.st_dev == kept_file.st_dev && now.st_ino == kept_file.st_ino;
    errno = saved;
    return use_kept ? kept : 2;
}

bool os_is_terminal(int fd)
{
    int saved = errno;
    char settings[256]; /* larger than the kernel's struct termios on any machine */
    bool is = syscall(SYS_ioctl, fd, TCGETS, settings) == 0;
    errno = saved;
    return is;
}

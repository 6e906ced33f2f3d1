#include "os/private_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "os/io.h"

enum { OLD_CLOSE_MOST = 65536, STANDARD_ERROR = 2 };

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

bool os_private_files_begin(void)
{
    int saved = errno;
    bool done = syscall(SYS_close_range, 0, ~0u, CLOSE_RANGE_UNSHARE) == 0;
    if (!done && syscall(SYS_unshare, CLONE_FILES) == 0) { /* before Linux 5.9 */
        for (int fd = 0; fd < OLD_CLOSE_MOST; fd++) {
            os_close(fd);
        }
        done = true;
    }
    errno = saved;
    return done;
}

/* Opened anew, where a descriptor is not handed over (before Linux 5.6, and in some sandboxes). A
 * socket has no name to be opened by. */
static int open_again(int fd)
{
    char path[40];
    struct strbuf buf;
    strbuf_init(&buf, path, sizeof path);
    strbuf_printf(&buf, "/proc/self/fd/%d", fd);
    return os_open_write(path, false);
}

bool os_private_files_borrow_standard_error(void)
{
    int saved = errno;
    int process = (int)syscall(SYS_pidfd_open, os_pid(), 0);
    int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, STANDARD_ERROR, 0);
    fd = fd < 0 ? open_again(STANDARD_ERROR) : fd;
    if (process >= 0) {
        os_close(process);
    }
    if (fd >= 0 && fd != STANDARD_ERROR) {
        (void)syscall(SYS_dup3, fd, STANDARD_ERROR, O_CLOEXEC);
        os_close(fd);
    }
    errno = saved;
    return fd >= 0;
}

void os_private_files_return_standard_error(void)
{
    os_close(STANDARD_ERROR);
}

#include "os/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/io.h"
#include "os/limits.h"

int os_descriptor_move_up(int fd)
{
    enum { NEAR = 900, ROOM = 124 };
    int saved = errno;
    size_t most = os_limit_files();
    long least = most > NEAR + ROOM ? NEAR : most > ROOM ? (long)(most - ROOM) : 3;
    int moved = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, least);
    moved = moved < 0 ? -errno : moved;
    os_close(fd);
    errno = saved;
    return moved;
}

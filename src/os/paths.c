#include "os/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool os_path_is_replaceable(const char *path)
{
    int saved = errno;
    struct stat found;
    bool is = fstatat(AT_FDCWD, path, &found, AT_SYMLINK_NOFOLLOW) == 0 ? S_ISREG(found.st_mode)
                                                                        : errno == ENOENT;
    errno = saved;
    return is;
}

bool os_path_is_executable(const char *path)
{
    int saved = errno;
    struct stat found;
    bool is = fstatat(AT_FDCWD, path, &found, 0) == 0 && S_ISREG(found.st_mode) &&
              syscall(SYS_faccessat, AT_FDCWD, path, X_OK) == 0;
    errno = saved;
    return is;
}

bool os_path_current(char *out, size_t capacity)
{
    int saved = errno;
    long length = syscall(SYS_getcwd, out, capacity);
    errno = saved;
    return length > 0 && out[0] == '/'; /* "(unreachable)/…" outside our root */
}

bool os_path_patch(const char *path, uint64_t size, uint64_t offset, const char *data,
                   size_t length)
{
    int saved = errno;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    struct stat found;
    bool done = fd >= 0 && fstat((int)fd, &found) == 0 && (uint64_t)found.st_size == size &&
                syscall(SYS_pwrite64, fd, data, length, offset) == (long)length;
    if (fd >= 0) {
        (void)syscall(SYS_close, fd);
    }
    errno = saved;
    return done;
}

void os_path_remove(const char *path)
{
    int saved = errno;
    (void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    errno = saved;
}

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

void os_path_remove(const char *path)
{
    int saved = errno;
    (void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    errno = saved;
}

#include "os/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/io.h"

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

bool os_path_is_program(const char *path)
{
    char start[4] = "";
    int fd = os_open_read(path);
    if (fd < 0) {
        return fd == -EACCES; /* may be executable all the same */
    }
    ssize_t got = os_read(fd, start, sizeof start);
    os_close(fd);
    return (got == 4 && memcmp(start, "\177ELF", 4) == 0) ||
           (got >= 2 && memcmp(start, "#!", 2) == 0);
}

bool os_path_current(char *out, size_t capacity)
{
    int saved = errno;
    long length = syscall(SYS_getcwd, out, capacity);
    errno = saved;
    return length > 0 && out[0] == '/'; /* "(unreachable)/…" outside our root */
}

/* By read and write, where the kernel cannot copy by itself (copy_file_range(2)). */
static bool copy_plainly(int from, int to, uint64_t at, uint64_t bytes)
{
    char part[4096];
    while (bytes > 0) {
        ssize_t got = os_pread(from, part, bytes < sizeof part ? bytes : sizeof part, at);
        if (got <= 0 || !os_write_all(to, part, (size_t)got)) {
            return false;
        }
        at += (uint64_t)got;
        bytes -= (uint64_t)got;
    }
    return true;
}

static bool copy_start(int from, int to, uint64_t bytes)
{
    uint64_t at = 0; /* moved on by the kernel */
    while (at < bytes) {
        uint64_t before = at;
        (void)syscall(SYS_copy_file_range, from, &at, to, NULL, bytes - at, 0);
        if (at == before) {
            return copy_plainly(from, to, at, bytes - at);
        }
    }
    return true;
}

bool os_path_patch(const char *path, const char *new_path, uint64_t size, uint64_t kept,
                   const char *data, size_t length)
{
    int saved = errno;
    struct stat found;
    int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    bool is_same = from >= 0 && fstat(from, &found) == 0 && (uint64_t)found.st_size == size;
    int to = is_same ? os_open_write(new_path, true) : -1;
    bool done = to >= 0 && copy_start(from, to, kept) && os_write_all(to, data, length) &&
                os_rename(new_path, path);
    if (to >= 0) {
        os_close(to);
    }
    if (to >= 0 && !done) {
        os_path_remove(new_path);
    }
    if (from >= 0) {
        os_close(from);
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

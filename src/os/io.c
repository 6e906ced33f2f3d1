#include "os/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A raw system call: libc's wrappers are cancellation points, and programs interpose them. Answers
 * -errno on failure, as the kernel does. */
static long call4(long number, long a, long b, long c, long d)
{
    int saved = errno;
    long result = syscall(number, a, b, c, d);
    if (result < 0) {
        result = -errno;
    }
    errno = saved;
    return result;
}

static long call3(long number, long a, long b, long c)
{
    return call4(number, a, b, c, 0);
}

bool os_write_all(int fd, const void *data, size_t length)
{
    const char *p = data;
    while (length > 0) {
        long done = call3(SYS_write, fd, (long)p, (long)length);
        if (done == -EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        p += done;
        length -= (size_t)done;
    }
    return true;
}

ssize_t os_read(int fd, void *data, size_t capacity)
{
    long done;
    do {
        done = call3(SYS_read, fd, (long)data, (long)capacity);
    } while (done == -EINTR);
    return done < 0 ? -1 : done;
}

ssize_t os_pread(int fd, void *data, size_t capacity, uint64_t offset)
{
    int saved = errno;
    long done;
    do {
        done = syscall(SYS_pread64, fd, data, capacity, offset);
    } while (done < 0 && errno == EINTR);
    errno = saved;
    return done < 0 ? -1 : done;
}

/* Descriptors 0 to 2 may be closed in the program: what lands there would pass for its output. */
static int above_standard(int fd)
{
    if (fd < 0 || fd > 2) {
        return fd;
    }
    int higher = (int)call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
    os_close(fd);
    return higher;
}

static int open_path(const char *path, int flags)
{
    int saved = errno;
    long fd = syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
        fd = -errno;
    }
    errno = saved;
    return above_standard((int)fd);
}

int os_open_read(const char *path)
{
    return open_path(path, O_RDONLY);
}

int os_open_write(const char *path, bool truncate)
{
    return open_path(path, O_WRONLY | O_CREAT | (truncate ? O_TRUNC : O_APPEND));
}

void os_files_hold_standard(struct os_held_files *out)
{
    for (int fd = 0; fd < 3; fd++) {
        out->held[fd] = call3(SYS_fcntl, fd, F_GETFD, 0) == -EBADF &&
                        call4(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDWR | O_CLOEXEC, 0) == fd;
    }
}

void os_files_release(const struct os_held_files *held)
{
    for (int fd = 0; fd < 3; fd++) {
        if (held->held[fd]) {
            os_close(fd);
        }
    }
}

void os_close(int fd)
{
    (void)call3(SYS_close, fd, 0, 0);
}

bool os_rename(const char *from, const char *to)
{
    return call3(SYS_rename, (long)from, (long)to, 0) == 0;
}

int os_pid(void)
{
    return (int)call3(SYS_getpid, 0, 0, 0);
}

int os_tid(void)
{
    return (int)call3(SYS_gettid, 0, 0, 0);
}

void os_exit_now(int status)
{
    for (;;) {
        (void)call3(SYS_exit_group, status, 0, 0);
    }
}

void os_die(void)
{
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        unsigned long mask;
    } standard = {0}; /* the kernel's own layout of a signal action: SIG_DFL, nothing else */
    (void)syscall(SYS_rt_sigaction, SIGABRT, &standard, NULL, sizeof standard.mask);
    unsigned long abort_only = 1ul << (SIGABRT - 1);
    (void)syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &abort_only, NULL, sizeof abort_only);
    (void)call3(SYS_tgkill, os_pid(), os_tid(), SIGABRT);
    os_exit_now(134);
}

/* Prototypes of formatted input and output, of streams, files, sockets and of what else fills
 * buffers: glibc's own headers, and what those leave out. */
#ifndef INTERPOSE_LIBC_PROTOTYPES_IO_H
#define INTERPOSE_LIBC_PROTOTYPES_IO_H

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <iconv.h>
#include <netdb.h>
#include <poll.h>
#include <printf.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

char *gets(char *to);                                   /* no longer in C */
int __xpg_strerror_r(int error, char *to, size_t size); /* strerror_r() as POSIX has it */
ssize_t __getdelim(char **line, size_t *size, int end, FILE *file);

/* Called by programs built with _FORTIFY_SOURCE. `known` is the size of the destination as far as
 * the compiler knew it, `flag` above 0 asks for more checks of the format. */
int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *file, int flag, const char *format, ...);
int __dprintf_chk(int fd, int flag, const char *format, ...);
int __sprintf_chk(char *to, int flag, size_t known, const char *format, ...);
int __snprintf_chk(char *to, size_t most, int flag, size_t known, const char *format, ...);
int __asprintf_chk(char **out, int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list arguments);
int __vfprintf_chk(FILE *file, int flag, const char *format, va_list arguments);
int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments);
int __vsprintf_chk(char *to, int flag, size_t known, const char *format, va_list arguments);
int __vsnprintf_chk(char *to, size_t most, int flag, size_t known, const char *format,
                    va_list arguments);
int __vasprintf_chk(char **out, int flag, const char *format, va_list arguments);
int __wprintf_chk(int flag, const wchar_t *format, ...);
int __fwprintf_chk(FILE *file, int flag, const wchar_t *format, ...);
int __swprintf_chk(wchar_t *to, size_t most, int flag, size_t known, const wchar_t *format, ...);
int __vwprintf_chk(int flag, const wchar_t *format, va_list arguments);
int __vfwprintf_chk(FILE *file, int flag, const wchar_t *format, va_list arguments);
int __vswprintf_chk(wchar_t *to, size_t most, int flag, size_t known, const wchar_t *format,
                    va_list arguments);

size_t __fread_chk(void *to, size_t room, size_t size, size_t count, FILE *file);
size_t __fread_unlocked_chk(void *to, size_t room, size_t size, size_t count, FILE *file);
char *__fgets_chk(char *to, size_t room, int size, FILE *file);
char *__fgets_unlocked_chk(char *to, size_t room, int size, FILE *file);
wchar_t *__fgetws_chk(wchar_t *to, size_t room, int size, FILE *file);
wchar_t *__fgetws_unlocked_chk(wchar_t *to, size_t room, int size, FILE *file);
char *__gets_chk(char *to, size_t room);

ssize_t __read_chk(int fd, void *to, size_t count, size_t room);
ssize_t __pread_chk(int fd, void *to, size_t count, off_t offset, size_t room);
ssize_t __pread64_chk(int fd, void *to, size_t count, off_t offset, size_t room);
ssize_t __recv_chk(int fd, void *to, size_t count, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *to, size_t count, size_t room, int flags,
                       struct sockaddr *address, socklen_t *length);
int __poll_chk(struct pollfd *polled, nfds_t count, int milliseconds, size_t room);
int __ppoll_chk(struct pollfd *polled, nfds_t count, const struct timespec *time,
                const sigset_t *signals, size_t room);
char *__getcwd_chk(char *to, size_t size, size_t room);
char *__realpath_chk(const char *path, char *to, size_t room);
ssize_t __readlink_chk(const char *path, char *to, size_t size, size_t room);
ssize_t __readlinkat_chk(int fd, const char *path, char *to, size_t size, size_t room);
int __gethostname_chk(char *to, size_t size, size_t room);
int __getdomainname_chk(char *to, size_t size, size_t room);
int __getgroups_chk(int most, gid_t *to, size_t room);

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int fd, const char *path, int flags);
int __openat64_2(int fd, const char *path, int flags);

/* What <stdio.h> redirects scanf and kin to, since C99 and since C23. */
#define SCANF_FAMILY(prefix) \
    int prefix##scanf(const char *format, ...); \
    int prefix##fscanf(FILE *file, const char *format, ...); \
    int prefix##sscanf(const char *text, const char *format, ...); \
    int prefix##vscanf(const char *format, va_list arguments); \
    int prefix##vfscanf(FILE *file, const char *format, va_list arguments); \
    int prefix##vsscanf(const char *text, const char *format, va_list arguments); \
    int prefix##wscanf(const wchar_t *format, ...); \
    int prefix##fwscanf(FILE *file, const wchar_t *format, ...); \
    int prefix##swscanf(const wchar_t *text, const wchar_t *format, ...); \
    int prefix##vwscanf(const wchar_t *format, va_list arguments); \
    int prefix##vfwscanf(FILE *file, const wchar_t *format, va_list arguments); \
    int prefix##vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments);
SCANF_FAMILY(__isoc99_)
SCANF_FAMILY(__isoc23_)
#undef SCANF_FAMILY

/* Called by programs that were built before glibc 2.33. */
int __xstat(int version, const char *path, struct stat *out);
int __lxstat(int version, const char *path, struct stat *out);
int __fxstat(int version, int fd, struct stat *out);
int __fxstatat(int version, int fd, const char *path, struct stat *out, int flags);
int __xstat64(int version, const char *path, struct stat64 *out);
int __lxstat64(int version, const char *path, struct stat64 *out);
int __fxstat64(int version, int fd, struct stat64 *out);
int __fxstatat64(int version, int fd, const char *path, struct stat64 *out, int flags);

#endif

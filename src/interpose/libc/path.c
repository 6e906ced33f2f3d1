/* Names of files, links, the working directory, the machine and errors. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "interpose/libc/stream.h"

/* What the call left in a buffer of `most` bytes: a string, or all of it. */
static size_t text_bytes(const char *text, size_t most)
{
    size_t length = libc_strnlen(text, most);
    return length < most ? length + 1 : most;
}

static char *get_directory(const struct call *call, char *to, size_t size)
{
    if (!to) {
        return libc_getcwd(to, size);
    }
    DETOUR detour = detour_begin(call, to, size);
    if (!libc_getcwd(detour.at, size)) {
        return NULL;
    }
    if (UNLIKELY(detour.judged)) {
        detour_end(&detour, text_bytes(detour.at, size));
    }
    return to;
}

EXPORTED char *getcwd(char *to, size_t size)
{
    struct call call = CALL(getcwd);
    return get_directory(&call, to, size);
}

EXPORTED char *__getcwd_chk(char *to, size_t size, size_t room)
{
    struct call call = CALL(__getcwd_chk);
    return size > room ? libc___getcwd_chk(to, size, room) : get_directory(&call, to, size);
}

/* The part that was resolved is written in case of an error, too. */
static char *resolve(const struct call *call, const char *path, char *to)
{
    text_judge(call, path);
    DETOUR detour = detour_begin(call, to, to ? PATH_MAX : 0);
    char *result = libc_realpath(path, detour.at);
    if (UNLIKELY(detour.judged)) {
        int saved = errno;
        bool is_written = result || (detour.mapped_bytes > 0 && detour.at[0]);
        detour_end(&detour, is_written ? text_bytes(detour.at, PATH_MAX) : 0);
        errno = saved;
    }
    return to && result ? to : result;
}

EXPORTED char *realpath(const char *restrict path, char *restrict to)
{
    struct call call = CALL(realpath);
    return resolve(&call, path, to);
}

EXPORTED char *__realpath_chk(const char *path, char *to, size_t room)
{
    struct call call = CALL(__realpath_chk);
    return room < PATH_MAX ? libc___realpath_chk(path, to, room) : resolve(&call, path, to);
}

EXPORTED char *canonicalize_file_name(const char *path)
{
    struct call call = CALL(canonicalize_file_name);
    text_judge(&call, path);
    return libc_canonicalize_file_name(path);
}

/* In a function that has `call`, `path`, `to` and `size`; the real one writes to detour.at. */
#define READ_LINK(...) \
    text_judge(&call, path); \
    DETOUR detour = detour_begin(&call, to, size); \
    ssize_t length = __VA_ARGS__; \
    detour_end(&detour, length > 0 ? (size_t)length : 0); \
    return length

EXPORTED ssize_t readlink(const char *restrict path, char *restrict to, size_t size)
{
    struct call call = CALL(readlink);
    READ_LINK(libc_readlink(path, detour.at, size));
}

EXPORTED ssize_t __readlink_chk(const char *restrict path, char *restrict to, size_t size,
                                size_t room)
{
    struct call call = CALL(__readlink_chk);
    READ_LINK(libc___readlink_chk(path, detour.at, size, room));
}

EXPORTED ssize_t readlinkat(int fd, const char *restrict path, char *restrict to, size_t size)
{
    struct call call = CALL(readlinkat);
    READ_LINK(libc_readlinkat(fd, path, detour.at, size));
}

EXPORTED ssize_t __readlinkat_chk(int fd, const char *restrict path, char *restrict to, size_t size,
                                  size_t room)
{
    struct call call = CALL(__readlinkat_chk);
    READ_LINK(libc___readlinkat_chk(fd, path, detour.at, size, room));
}

typedef int name_function(char *, size_t);

/* As much of the name as fits is written where all of it does not. */
static int get_name(const struct call *call, char *to, size_t size, name_function *real)
{
    DETOUR detour = detour_begin(call, to, size);
    int result = real(detour.at, size);
    if (UNLIKELY(detour.judged)) {
        bool is_written = result == 0 || errno == ENAMETOOLONG;
        detour_end(&detour, is_written ? text_bytes(detour.at, size) : 0);
    }
    return result;
}

#define GET_NAME(name, fortified_name) \
    EXPORTED int name(char *to, size_t size) \
    { \
        struct call call = CALL(name); \
        return get_name(&call, to, size, libc_##name); \
    } \
    EXPORTED int fortified_name(char *to, size_t size, size_t room) \
    { \
        struct call call = CALL(fortified_name); \
        return size > room ? libc_##fortified_name(to, size, room) \
                           : get_name(&call, to, size, libc_##name); \
    }
GET_NAME(gethostname, __gethostname_chk)
GET_NAME(getdomainname, __getdomainname_chk)

/* GNU's: the text need not go to the buffer. */
EXPORTED char *strerror_r(int error, char *to, size_t size)
{
    struct call call = CALL(strerror_r);
    DETOUR detour = detour_begin(&call, to, size);
    char *text = libc_strerror_r(error, detour.at, size);
    if (text != detour.at) {
        return text;
    }
    if (UNLIKELY(detour.judged)) {
        detour_end(&detour, text_bytes(detour.at, size));
    }
    return to;
}

EXPORTED int __xpg_strerror_r(int error, char *to, size_t size)
{
    struct call call = CALL(__xpg_strerror_r);
    DETOUR detour = detour_begin(&call, to, size);
    int result = libc___xpg_strerror_r(error, detour.at, size);
    if (UNLIKELY(detour.judged)) {
        detour_end(&detour, text_bytes(detour.at, size));
    }
    return result;
}

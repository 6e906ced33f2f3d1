/* Calls that are given the names of files. The C library hands them to the kernel, which says
 * EFAULT at most: who frees a name too early is told nowhere else. */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interpose/libc/stream.h"

/* In parentheses: what stands before and behind the name, and how that is passed on. */
#define NAMED(type, name, character, before, before_passed, behind, behind_passed) \
    EXPORTED type name(UNPACK before character *path UNPACK behind) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        return libc_##name(UNPACK before_passed path UNPACK behind_passed); \
    }
#define NAMED_ONLY(type, name) NAMED(type, name, const char, (), (), (), ())
#define NAMED_WITH(type, name, behind, behind_passed) \
    NAMED(type, name, const char, (), (), behind, behind_passed)
#define NAMED_AT(name, behind, behind_passed) \
    NAMED(int, name, const char, (int fd, ), (fd, ), behind, behind_passed)

NAMED_ONLY(DIR *, opendir)
NAMED_ONLY(int, chdir)
NAMED_ONLY(int, rmdir)
NAMED_ONLY(int, unlink)
NAMED_ONLY(int, remove)
NAMED_WITH(int, access, (, int mode), (, mode))
NAMED_WITH(int, chmod, (, mode_t mode), (, mode))
NAMED_WITH(int, chown, (, uid_t user, gid_t group), (, user, group))
NAMED_WITH(int, mkdir, (, mode_t mode), (, mode))
NAMED_WITH(int, creat, (, mode_t mode), (, mode))
NAMED_WITH(int, truncate, (, off_t bytes), (, bytes))
NAMED_WITH(int, __open_2, (, int flags), (, flags))
NAMED_WITH(int, __open64_2, (, int flags), (, flags))
NAMED_AT(unlinkat, (, int flags), (, flags))
NAMED_AT(mkdirat, (, mode_t mode), (, mode))
NAMED_AT(faccessat, (, int mode, int flags), (, mode, flags))
NAMED_AT(__openat_2, (, int flags), (, flags))
NAMED_AT(__openat64_2, (, int flags), (, flags))

/* These put another name in its place. */
NAMED(int, mkstemp, char, (), (), (), ())
NAMED(char *, mkdtemp, char, (), (), (), ())
NAMED(int, mkostemp, char, (), (), (, int flags), (, flags))

#define TWO_NAMES(name) \
    EXPORTED int name(const char *path, const char *other) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        text_judge(&call, other); \
        return libc_##name(path, other); \
    }
TWO_NAMES(link)
TWO_NAMES(symlink)
TWO_NAMES(rename)

/* A mode is given only where a file may be made. */
#define MODE_BEHIND(flags) \
    mode_t mode = 0; \
    if (((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE) { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode = va_arg(arguments, mode_t); \
        va_end(arguments); \
    }

#define OPENS(name) \
    EXPORTED int name(const char *path, int flags, ...) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        MODE_BEHIND(flags) \
        return libc_##name(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    EXPORTED int name(int fd, const char *path, int flags, ...) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        MODE_BEHIND(flags) \
        return libc_##name(fd, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

SECOND_NAME(creat64, creat);
SECOND_NAME(truncate64, truncate);
SECOND_NAME(mkstemp64, mkstemp);
SECOND_NAME(mkostemp64, mkostemp);
SECOND_NAME(__open, open);
SECOND_NAME(__open64, open64);

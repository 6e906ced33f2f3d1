/* The stat family: all are given a path, a descriptor or both, and fill a structure. */
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "interpose/libc/stream.h"

#define OF_PATH(name, type) \
    EXPORTED int name(const char *restrict path, struct type *restrict out) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(path, out); \
    }
OF_PATH(stat, stat)
OF_PATH(lstat, stat)
OF_PATH(stat64, stat64)
OF_PATH(lstat64, stat64)
OF_PATH(statfs, statfs)
OF_PATH(statfs64, statfs64)
OF_PATH(statvfs, statvfs)
OF_PATH(statvfs64, statvfs64)

#define OF_DESCRIPTOR(name, type) \
    EXPORTED int name(int fd, struct type *out) \
    { \
        struct call call = CALL(name); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(fd, out); \
    }
OF_DESCRIPTOR(fstat, stat)
OF_DESCRIPTOR(fstat64, stat64)
OF_DESCRIPTOR(fstatfs, statfs)
OF_DESCRIPTOR(fstatfs64, statfs64)
OF_DESCRIPTOR(fstatvfs, statvfs)
OF_DESCRIPTOR(fstatvfs64, statvfs64)

#define BENEATH(name, type) \
    EXPORTED int name(int fd, const char *restrict path, struct type *restrict out, int flags) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(fd, path, out, flags); \
    }
BENEATH(fstatat, stat)
BENEATH(fstatat64, stat64)

EXPORTED int statx(int fd, const char *restrict path, int flags, unsigned mask,
                   struct statx *restrict out)
{
    struct call call = CALL(statx);
    text_judge(&call, path);
    call_writes(&call, out, sizeof *out);
    return libc_statx(fd, path, flags, mask, out);
}

/* What programs call that were built before glibc 2.33; the first argument is a version. */
#define OLD_OF_PATH(name, type) \
    EXPORTED int name(int version, const char *path, struct type *out) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(version, path, out); \
    }
OLD_OF_PATH(__xstat, stat)
OLD_OF_PATH(__lxstat, stat)
OLD_OF_PATH(__xstat64, stat64)
OLD_OF_PATH(__lxstat64, stat64)

#define OLD_OF_DESCRIPTOR(name, type) \
    EXPORTED int name(int version, int fd, struct type *out) \
    { \
        struct call call = CALL(name); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(version, fd, out); \
    }
OLD_OF_DESCRIPTOR(__fxstat, stat)
OLD_OF_DESCRIPTOR(__fxstat64, stat64)

#define OLD_BENEATH(name, type) \
    EXPORTED int name(int version, int fd, const char *path, struct type *out, int flags) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(version, fd, path, out, flags); \
    }
OLD_BENEATH(__fxstatat, stat)
OLD_BENEATH(__fxstatat64, stat64)

SECOND_NAME(__statfs, statfs);

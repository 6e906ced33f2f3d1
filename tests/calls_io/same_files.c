/* Descriptors, paths and what is known of files. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "same.h"

static const char content[] = "0123456789 the content of a file that is read in parts";

static int descriptor(struct run *run)
{
    return fileno(file_with(run, content, sizeof content - 1));
}

/* A size that the buffer has, or one that only the file's end makes harmless. */
struct room {
    char *at;
    size_t said;
};

static struct room room_of(struct run *run)
{
    size_t said = pick(run, 2) ? pick(run, 60) : 4096;
    return (struct room){.at = buffer(run, said < 60 ? said : 60), .said = said};
}

static void try_read(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t) = function;
    int fd = descriptor(run);
    struct room room = room_of(run);
    note(run, get(fd, room.at, room.said));
    note(run, lseek(fd, 0, SEEK_CUR));
    note(run, get(-1, room.at, room.said));
    note(run, get(fd, NULL, 1));
}

static void try_read_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, size_t) = function;
    struct room room = room_of(run);
    note(run, get(descriptor(run), room.at, room.said, room.said));
}

static void try_pread(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, off_t) = function;
    struct room room = room_of(run);
    int fd = descriptor(run);
    note(run, get(fd, room.at, room.said, (off_t)pick(run, 70)));
    note(run, get(fd, room.at, room.said, -1));
}

static void try_pread_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, void *, size_t, off_t, size_t) = function;
    struct room room = room_of(run);
    note(run, get(descriptor(run), room.at, room.said, (off_t)pick(run, 70), room.said));
}

static void note_content(struct run *run, int fd)
{
    char all[256];
    ssize_t bytes = pread(fd, all, sizeof all, 0);
    note_bytes(run, all, bytes > 0 ? (size_t)bytes : 0);
}

static void try_write(struct run *run, void *function)
{
    ssize_t (*put)(int, const void *, size_t) = function;
    int fd = descriptor(run);
    size_t count = pick(run, 80);
    note(run, put(fd, buffer(run, count), count));
    note(run, put(-1, "x", 1));
    note_content(run, fd);
}

static void try_pwrite(struct run *run, void *function)
{
    ssize_t (*put)(int, const void *, size_t, off_t) = function;
    int fd = descriptor(run);
    size_t count = pick(run, 80);
    note(run, put(fd, buffer(run, count), count, (off_t)pick(run, 70)));
    note_content(run, fd);
}

enum { PIECES = 3 };

static void pieces_of(struct run *run, struct iovec *pieces)
{
    for (int i = 0; i < PIECES; i++) {
        size_t said = i == PIECES - 1 && pick(run, 2) ? 5000 : pick(run, 30);
        pieces[i].iov_base = buffer(run, said < 60 ? said : 60);
        pieces[i].iov_len = said;
    }
}

/* The last two forms are for those with an offset and with flags. */
#define TRY_PIECES(name, direction, given, passed) \
    static void try_##name(struct run *run, void *function) \
    { \
        ssize_t (*transfer)(int, const struct iovec *, int given) = function; \
        struct iovec pieces[PIECES]; \
        pieces_of(run, pieces); \
        pieces[PIECES - 1].iov_len = \
            direction ? pieces[PIECES - 1].iov_len % 60 : pieces[PIECES - 1].iov_len; \
        int fd = descriptor(run); \
        note(run, transfer(fd, pieces, PIECES passed)); \
        note(run, transfer(fd, pieces, -1 passed)); \
        note_content(run, fd); \
    }
#define COMMA ,
TRY_PIECES(readv, 0, , )
TRY_PIECES(preadv, 0, COMMA off_t, COMMA 7)
TRY_PIECES(preadv2, 0, COMMA off_t COMMA int, COMMA 7 COMMA 0)
TRY_PIECES(writev, 1, , )
TRY_PIECES(pwritev, 1, COMMA off_t, COMMA 7)
TRY_PIECES(pwritev2, 1, COMMA off_t COMMA int, COMMA 7 COMMA 0)

static void try_getrandom(struct run *run, void *function)
{
    ssize_t (*get)(void *, size_t, unsigned) = function;
    char *to = buffer(run, 32);
    note(run, get(to, pick(run, 33), 0));
    memset(to, 0, 32);
    note(run, get(to, 4, ~0u));
}

static void try_getcwd(struct run *run, void *function)
{
    char *(*get)(char *, size_t) = function;
    size_t said = pick(run, 2) ? pick(run, 12) : PATH_MAX;
    char *to = buffer(run, said < PATH_MAX ? said : 200);
    chdir("/usr/lib");
    note_place(run, to, get(to, said));
    char *made = get(NULL, 0);
    note_bytes(run, made, strlen(made) + 1);
    free(made);
}

static void try_getcwd_chk(struct run *run, void *function)
{
    char *(*get)(char *, size_t, size_t) = function;
    char *to = buffer(run, 200);
    note_place(run, to, get(to, 200, 200));
}

static const char *const paths[] = {"/usr/lib/",           "/usr/./lib/../bin", "/nowhere/at/all",
                                    "/proc/self",          "/usr/share/none/x", "",
                                    "/dev/../etc/passwd/x"};

static const char *path_of(struct run *run)
{
    const char *path = paths[pick(run, sizeof paths / sizeof paths[0])];
    return strcpy(buffer(run, strlen(path) + 1), path);
}

static void try_realpath(struct run *run, void *function)
{
    char *(*resolve)(const char *, char *) = function;
    char *to = buffer(run, pick(run, 2) ? PATH_MAX : 100);
    note_place(run, to, resolve(path_of(run), to));
    free(resolve("/usr", NULL));
}

static void try_realpath_chk(struct run *run, void *function)
{
    char *(*resolve)(const char *, char *, size_t) = function;
    char *to = buffer(run, PATH_MAX);
    note_place(run, to, resolve(path_of(run), to, PATH_MAX));
}

static void try_canonicalize(struct run *run, void *function)
{
    char *(*resolve)(const char *) = function;
    char *made = resolve(path_of(run));
    note(run, made != NULL);
    note_bytes(run, made ? made : "", made ? strlen(made) : 0);
    free(made);
}

static void try_readlink(struct run *run, void *function)
{
    ssize_t (*get)(const char *, char *, size_t) = function;
    struct room room = room_of(run);
    note(run, get(pick(run, 2) ? "/proc/self/root" : path_of(run), room.at, room.said));
}

static void try_readlink_chk(struct run *run, void *function)
{
    ssize_t (*get)(const char *, char *, size_t, size_t) = function;
    struct room room = room_of(run);
    note(run, get("/proc/self/root", room.at, room.said, room.said));
}

static void try_readlinkat(struct run *run, void *function)
{
    ssize_t (*get)(int, const char *, char *, size_t) = function;
    struct room room = room_of(run);
    note(run, get(AT_FDCWD, "/proc/self/root", room.at, room.said));
}

static void try_readlinkat_chk(struct run *run, void *function)
{
    ssize_t (*get)(int, const char *, char *, size_t, size_t) = function;
    struct room room = room_of(run);
    note(run, get(AT_FDCWD, "/proc/self/root", room.at, room.said, room.said));
}

static void try_name(struct run *run, void *function)
{
    int (*get)(char *, size_t) = function;
    size_t said = pick(run, 2) ? pick(run, 8) : 1000;
    note(run, get(buffer(run, said < 100 ? said : 100), said));
}

static void try_name_chk(struct run *run, void *function)
{
    int (*get)(char *, size_t, size_t) = function;
    note(run, get(buffer(run, 100), 100, 100));
}

/* All that a structure says of a file which does not change. */
#define TRY_STATUS(type) \
    static void try_##type(struct run *run, void *function) \
    { \
        int (*get)(const char *, struct type *) = function; \
        note(run, get(path_of(run), buffer(run, sizeof(struct type)))); \
    } \
    static void try_f##type(struct run *run, void *function) \
    { \
        int (*get)(int, struct type *) = function; \
        int fd = open("/usr/bin", O_RDONLY | O_PATH); \
        note(run, get(fd, buffer(run, sizeof(struct type)))); \
        close(fd); \
        note(run, get(-1, buffer(run, sizeof(struct type)))); \
    }
TRY_STATUS(stat)
TRY_STATUS(stat64)

static void try_fstatat(struct run *run, void *function)
{
    int (*get)(int, const char *, struct stat *, int) = function;
    note(run, get(AT_FDCWD, path_of(run), buffer(run, sizeof(struct stat)), 0));
}

static void try_statx(struct run *run, void *function)
{
    int (*get)(int, const char *, int, unsigned, struct statx *) = function;
    note(run, get(AT_FDCWD, path_of(run), 0, STATX_BASIC_STATS, buffer(run, sizeof(struct statx))));
}

enum { STAT_VERSION = 1 };

static void try_xstat(struct run *run, void *function)
{
    int (*get)(int, const char *, struct stat *) = function;
    note(run, get(STAT_VERSION, path_of(run), buffer(run, sizeof(struct stat))));
}

static void try_fxstat(struct run *run, void *function)
{
    int (*get)(int, int, struct stat *) = function;
    int fd = open("/usr/bin", O_RDONLY | O_PATH);
    note(run, get(STAT_VERSION, fd, buffer(run, sizeof(struct stat))));
    close(fd);
}

static void try_fxstatat(struct run *run, void *function)
{
    int (*get)(int, int, const char *, struct stat *, int) = function;
    note(run, get(STAT_VERSION, AT_FDCWD, path_of(run), buffer(run, sizeof(struct stat)), 0));
}

/* How much of a file system is free may change. */
#define TRY_SYSTEM(type, size) \
    static void try_##type(struct run *run, void *function) \
    { \
        int (*get)(const char *, struct type *) = function; \
        struct type *of = buffer(run, sizeof *of); \
        note(run, get("/proc", of)); \
        note(run, (long long)of->size); \
        note(run, get("/nowhere", of)); \
    } \
    static void try_f##type(struct run *run, void *function) \
    { \
        int (*get)(int, struct type *) = function; \
        int fd = open("/proc", O_RDONLY | O_PATH); \
        struct type *of = buffer(run, sizeof *of); \
        note(run, get(fd, of)); \
        note(run, (long long)of->size); \
        close(fd); \
    }
TRY_SYSTEM(statfs, f_bsize)
TRY_SYSTEM(statvfs, f_bsize)

const struct trial file_trials[] = {
    {"read", try_read},
    {"__read", try_read},
    {"__read_chk", try_read_chk},
    {"pread", try_pread},
    {"pread64", try_pread},
    {"__pread64", try_pread},
    {"__pread_chk", try_pread_chk},
    {"__pread64_chk", try_pread_chk},
    {"write", try_write},
    {"__write", try_write},
    {"pwrite", try_pwrite},
    {"pwrite64", try_pwrite},
    {"__pwrite64", try_pwrite},
    {"getrandom", try_getrandom},
    {"readv", try_readv},
    {"preadv", try_preadv},
    {"preadv64", try_preadv},
    {"preadv2", try_preadv2},
    {"preadv64v2", try_preadv2},
    {"writev", try_writev},
    {"pwritev", try_pwritev},
    {"pwritev64", try_pwritev},
    {"pwritev2", try_pwritev2},
    {"pwritev64v2", try_pwritev2},
    {"getcwd", try_getcwd},
    {"__getcwd_chk", try_getcwd_chk},
    {"realpath", try_realpath},
    {"__realpath_chk", try_realpath_chk},
    {"canonicalize_file_name", try_canonicalize},
    {"readlink", try_readlink},
    {"__readlink_chk", try_readlink_chk},
    {"readlinkat", try_readlinkat},
    {"__readlinkat_chk", try_readlinkat_chk},
    {"gethostname", try_name},
    {"getdomainname", try_name},
    {"__gethostname_chk", try_name_chk},
    {"__getdomainname_chk", try_name_chk},
    {"stat", try_stat},
    {"lstat", try_stat},
    {"fstat", try_fstat},
    {"stat64", try_stat64},
    {"lstat64", try_stat64},
    {"fstat64", try_fstat64},
    {"fstatat", try_fstatat},
    {"fstatat64", try_fstatat},
    {"statx", try_statx},
    {"__xstat", try_xstat},
    {"__lxstat", try_xstat},
    {"__fxstat", try_fxstat},
    {"__fxstatat", try_fxstatat},
    {"__xstat64", try_xstat},
    {"__lxstat64", try_xstat},
    {"__fxstat64", try_fxstat},
    {"__fxstatat64", try_fxstatat},
    {"statfs", try_statfs},
    {"__statfs", try_statfs},
    {"statfs64", try_statfs},
    {"fstatfs", try_fstatfs},
    {"fstatfs64", try_fstatfs},
    {"statvfs", try_statvfs},
    {"statvfs64", try_statvfs},
    {"fstatvfs", try_fstatvfs},
    {"fstatvfs64", try_fstatvfs},
    {NULL, NULL},
};

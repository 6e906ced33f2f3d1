/* Names of files: opened, made, moved, removed, in a folder of each run's own. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "same.h"

enum { NAME_BYTES = 32 };

/* What a trial works on; the names lie in blocks that they fill. */
struct folder {
    char name[NAME_BYTES];
    char *file, *link, *none; /* a file, nothing yet, and nothing in a folder that is not there */
};

static char *name_in(struct run *run, const struct folder *folder, const char *last)
{
    char *name = buffer(run, strlen(folder->name) + strlen(last) + 1);
    return strcat(strcpy(name, folder->name), last);
}

static struct folder enter(struct run *run)
{
    struct folder folder = {.name = "/tmp/coalmine-same-XXXXXX"};
    if (!mkdtemp(folder.name)) {
        abort();
    }
    folder.file = name_in(run, &folder, "/file");
    folder.link = name_in(run, &folder, "/made");
    folder.none = name_in(run, &folder, "/none/name");
    close(creat(folder.file, 0600));
    return folder;
}

/* Names differ from run to run. */
static void leave(struct run *run, struct folder *folder)
{
    struct stat status;
    note(run, lstat(folder->link, &status) == 0 ? (long long)(status.st_mode & S_IFMT) : -1);
    note(run, lstat(folder->file, &status) == 0 ? (long long)status.st_mode : -1);
    note(run, lstat(folder->file, &status) == 0 ? (long long)status.st_size : -1);
    remove(folder->link);
    remove(folder->file);
    remove(folder->name);
    memset(folder->file, 0, strlen(folder->file));
    memset(folder->link, 0, strlen(folder->link));
    memset(folder->none, 0, strlen(folder->none));
}

/* The function, called with `path` for each of the three names. */
#define TRY_NAMES(name, pointer, ...) \
    static void try_##name(struct run *run, void *function) \
    { \
        struct folder folder = enter(run); \
        char *paths[] = {folder.file, folder.link, folder.none}; \
        for (int i = 0; i < 3; i++) { \
            char *path = paths[i]; \
            __typeof__(pointer) *call = function; \
            note(run, __VA_ARGS__); \
        } \
        leave(run, &folder); \
    }

/* 1 for a descriptor, which is closed. */
static int opened(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static int opened_folder(DIR *folder)
{
    return folder ? closedir(folder) + 1 : 0;
}

typedef int of_name(const char *);
typedef int of_mode(const char *, mode_t);
typedef int of_flags(const char *, int, ...);
typedef int at_flags(int, const char *, int, ...);
typedef int of_two(const char *, const char *);

TRY_NAMES(open, of_flags, opened(call(path, O_RDWR | (i ? O_CREAT : 0), 0640)))
TRY_NAMES(openat, at_flags, opened(call(AT_FDCWD, path, O_RDWR | (i ? O_CREAT : 0), 0640)))
TRY_NAMES(open_2, int(const char *, int), opened(call(path, O_RDONLY)))
TRY_NAMES(openat_2, int(int, const char *, int), opened(call(AT_FDCWD, path, O_RDONLY)))
TRY_NAMES(creat, of_mode, opened(call(path, 0600)))
TRY_NAMES(opendir, DIR *(const char *), opened_folder(call(i ? path : folder.name)))
TRY_NAMES(access, int(const char *, int), call(path, W_OK))
TRY_NAMES(faccessat, int(int, const char *, int, int), call(AT_FDCWD, path, R_OK, AT_EACCESS))
TRY_NAMES(mkdir, of_mode, call(path, 0700))
TRY_NAMES(mkdirat, int(int, const char *, mode_t), call(AT_FDCWD, path, 0700))
TRY_NAMES(link, of_two, call(folder.file, path))
TRY_NAMES(rename, of_two, call(path, folder.link))
TRY_NAMES(of_name, of_name, call(path))
TRY_NAMES(unlinkat, int(int, const char *, int), call(AT_FDCWD, path, 0))
TRY_NAMES(rmdir, of_name, call(i ? path : "/proc/self"))
TRY_NAMES(chdir, of_name, call(i ? path : "/"))
TRY_NAMES(chmod, of_mode, call(path, 0444))
TRY_NAMES(chown, int(const char *, uid_t, gid_t), call(path, getuid(), getgid()))
TRY_NAMES(truncate, int(const char *, off_t), call(path, 77))

static void try_template(struct run *run, void *function)
{
    char *name = strcpy(buffer(run, NAME_BYTES), "/tmp/coalmine-same-XXXXXX");
    note(run, opened(((int (*)(char *))function)(name)));
    note(run, unlink(name));
    memset(name, 0, NAME_BYTES);
    note(run, ((int (*)(char *))function)(name));
}

static void try_template_flags(struct run *run, void *function)
{
    char *name = strcpy(buffer(run, NAME_BYTES), "/tmp/coalmine-same-XXXXXX");
    note(run, opened(((int (*)(char *, int))function)(name, O_APPEND)));
    note(run, unlink(name));
    memset(name, 0, NAME_BYTES);
}

static void try_template_folder(struct run *run, void *function)
{
    char *name = strcpy(buffer(run, NAME_BYTES), "/tmp/coalmine-same-XXXXXX");
    note_place(run, name, ((char *(*)(char *))function)(name));
    note(run, rmdir(name));
    memset(name, 0, NAME_BYTES);
}

const struct trial name_trials[] = {
    {"open", try_open},
    {"open64", try_open},
    {"__open", try_open},
    {"__open64", try_open},
    {"openat", try_openat},
    {"openat64", try_openat},
    {"__open_2", try_open_2},
    {"__open64_2", try_open_2},
    {"__openat_2", try_openat_2},
    {"__openat64_2", try_openat_2},
    {"creat", try_creat},
    {"creat64", try_creat},
    {"opendir", try_opendir},
    {"access", try_access},
    {"faccessat", try_faccessat},
    {"mkdir", try_mkdir},
    {"mkdirat", try_mkdirat},
    {"link", try_link},
    {"symlink", try_link},
    {"rename", try_rename},
    {"remove", try_of_name},
    {"unlink", try_of_name},
    {"unlinkat", try_unlinkat},
    {"rmdir", try_rmdir},
    {"chdir", try_chdir},
    {"chmod", try_chmod},
    {"chown", try_chown},
    {"truncate", try_truncate},
    {"truncate64", try_truncate},
    {"mkstemp", try_template},
    {"mkstemp64", try_template},
    {"mkostemp", try_template_flags},
    {"mkostemp64", try_template_flags},
    {"mkdtemp", try_template_folder},
    {NULL, NULL},
};

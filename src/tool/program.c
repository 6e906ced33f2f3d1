#include "tool/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tool/complain.h"

/* 0 if the file can be executed, else why not. */
static int why_not_executable(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return errno;
    }
    if (S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    return access(path, X_OK) == 0 ? 0 : errno;
}

static char *search_path(const char *name, int *error)
{
    const char *path = getenv("PATH");
    path = path ? path : "/bin:/usr/bin";
    *error = ENOENT;
    for (const char *p = path;; p++) {
        size_t length = strcspn(p, ":");
        char *candidate =
            length == 0 ? make_text("./%s", name) : make_text("%.*s/%s", (int)length, p, name);
        int why = why_not_executable(candidate);
        if (why == 0) {
            return candidate;
        }
        if (why == EACCES) {
            *error = EACCES;
        }
        free(candidate);
        p += length;
        if (!*p) {
            return NULL;
        }
    }
}

char *program_find(const char *name, int *status)
{
    bool searched = !strchr(name, '/');
    int error = 0;
    char *path = NULL;
    if (!*name) {
        error = ENOENT;
    } else if (searched) {
        path = search_path(name, &error);
    } else {
        error = why_not_executable(name);
        path = error == 0 ? copy_text(name) : NULL;
    }
    if (path) {
        return path;
    }
    bool missing = error == ENOENT || error == ENOTDIR;
    if (missing) {
        complain("%s: program not found%s", name, searched ? " in PATH" : "");
    } else {
        complain("%s: not executable: %s", name, strerror(error));
    }
    *status = missing ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    return NULL;
}

/* Runs with other rights than ours: the loader then ignores LD_PRELOAD. */
static bool gains_rights(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return false;
    }
    if ((status.st_mode & S_ISUID) && status.st_uid != getuid()) {
        return true;
    }
    if ((status.st_mode & S_ISGID) && (status.st_mode & S_IXGRP) && status.st_gid != getgid()) {
        return true;
    }
    return getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
}

/* True unless it can be told that the program names no interpreter, that is, loader. */
static bool has_loader(int fd, const Elf64_Ehdr *header)
{
    if (header->e_phentsize != sizeof(Elf64_Phdr)) {
        return true;
    }
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr segment;
        off_t at = (off_t)(header->e_phoff + i * sizeof segment);
        if (pread(fd, &segment, sizeof segment, at) != (ssize_t)sizeof segment ||
            segment.p_type == PT_INTERP) {
            return true;
        }
    }
    return false;
}

/* This command's own header, which the linker names: what the library is built for, it is too. */
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

/* Why nothing can be preloaded into the file; NULL if it can, is a script, or cannot run here
 * anyway. */
static const char *why_unreachable(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr header = {0};
    const char *why = NULL;
    if (fd < 0 || pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        why = NULL;
    } else if (header.e_ident[EI_CLASS] == ELFCLASS32) {
        why = "is a 32-bit program";
    } else if (header.e_machine == __ehdr_start.e_machine && !has_loader(fd, &header)) {
        why = "is statically linked";
    }
    if (fd >= 0) {
        close(fd);
    }
    return why;
}

void program_warn(const char *path)
{
    const char *why = why_unreachable(path);
    if (gains_rights(path)) {
        why = "runs with changed rights (set-uid, set-gid or capabilities)";
    }
    if (why) {
        complain("warning: %s %s: it runs unchecked unless libcoalmine is linked in, since nothing "
                 "can be preloaded into it",
                 path, why);
    }
}

/* Of what the kernel does not know, text is for the shell, as execvp() has it; a broken program is
 * not. */
static bool is_text(const char *path)
{
    char start[128];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, start, sizeof start);
    if (fd >= 0) {
        close(fd);
    }
    return length >= 0 && !memchr(start, '\0', (size_t)length);
}

int program_execute(const char *path, char **arguments)
{
    execv(path, arguments);
    if (errno == ENOEXEC && is_text(path)) {
        size_t count = 0;
        while (arguments[count]) {
            count++;
        }
        char **words = calloc(count + 2, sizeof *words);
        if (words) {
            words[0] = (char *)"sh";
            words[1] = (char *)path;
            memcpy(words + 2, arguments + 1, count * sizeof *words);
            execv("/bin/sh", words);
            free(words);
        }
    }
    int status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    complain("%s: cannot be run: %s", arguments[0], strerror(errno));
    return status;
}

/* The process becomes another program: its report comes before. Whether exec will succeed cannot be
 * known, so what can be seen is looked at first, and a report that came too early is undone: the
 * next one is whole again, but for leaks that were told. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "interpose/environment.h"
#include "interpose/process.h"
#include "interpose/signals/segv.h"
#include "os/paths.h"

enum { PATH_BYTES = 4096 };

/* One kind of exec, with the C library's own function for it. */
struct exec {
    const char *path; /* for execveat, relative to `directory` */
    char *const *argv;
    int directory, flags; /* execveat and fexecve */
    bool searches;        /* PATH, as execvp */
    bool by_descriptor;
};

static struct {
    int (*execve)(const char *, char *const *, char *const *);
    int (*execvpe)(const char *, char *const *, char *const *);
    int (*execveat)(int, const char *, char *const *, char *const *, int);
} real;

/* Before there are threads: children that come here may have inherited the loader's locks. */
__attribute__((constructor(102))) static void find_real(void)
{
    real.execve =
        (int (*)(const char *, char *const *, char *const *))(uintptr_t)dlsym(RTLD_NEXT, "execve");
    real.execvpe =
        (int (*)(const char *, char *const *, char *const *))(uintptr_t)dlsym(RTLD_NEXT, "execvpe");
    real.execveat = (int (*)(int, const char *, char *const *, char *const *, int))(uintptr_t)dlsym(
        RTLD_NEXT, "execveat");
}

/* The first executable file of that name, as execvp(3) goes through PATH. */
static bool search(const char *name, char found[PATH_BYTES])
{
    const char *list = getenv("PATH");
    for (const char *p = list ? list : _PATH_STDPATH;; p++) {
        size_t length = strcspn(p, ":");
        struct strbuf out;
        strbuf_init(&out, found, PATH_BYTES);
        strbuf_printf(&out, "%.*s%s%s", (int)length, p, length > 0 ? "/" : "", name);
        if (!out.cut && os_path_is_executable(found)) {
            return true;
        }
        p += length;
        if (*p == '\0') {
            return false;
        }
    }
}

/* What execvp() finds to be no program, it hands to the shell. */
static bool is_likely(const struct exec *exec)
{
    char found[PATH_BYTES];
    if (exec->by_descriptor) {
        return true;
    }
    if (exec->searches) {
        return strchr(exec->path, '/') ? os_path_is_executable(exec->path)
                                       : search(exec->path, found);
    }
    return os_path_is_executable(exec->path) && os_path_is_program(exec->path);
}

static int call(const struct exec *exec, char *const *environment)
{
    char found[PATH_BYTES];
    if (exec->by_descriptor && real.execveat) {
        return real.execveat(exec->directory, exec->path, exec->argv, environment, exec->flags);
    }
    if (exec->by_descriptor) {
        return (int)syscall(SYS_execveat, exec->directory, exec->path, exec->argv, environment,
                            exec->flags);
    }
    if (exec->searches && real.execvpe) {
        return real.execvpe(exec->path, exec->argv, environment);
    }
    bool found_it = exec->searches && !strchr(exec->path, '/') && search(exec->path, found);
    const char *path = found_it ? found : exec->path;
    if (real.execve) {
        return real.execve(path, exec->argv, environment);
    }
    return (int)syscall(SYS_execve, path, exec->argv, environment);
}

static int run(const struct exec *exec, char *const *given)
{
    int before = errno;
    struct environment_room room = environment_measure(given);
    char *entries[room.entries];
    char text[room.text_bytes];
    bool told = is_likely(exec) && process_begin_exec();
    char *const *environment = environment_complete(given, told, entries, text);
    segv_reveal();
    errno = before;
    int result = call(exec, environment);
    int error = errno;
    segv_conceal();
    if (told) {
        process_undo_exec();
    }
    errno = error;
    return result;
}

EXPORTED int execve(const char *path, char *const *argv, char *const *environment)
{
    return run(&(struct exec){.path = path, .argv = argv}, environment);
}

EXPORTED int execv(const char *path, char *const *argv)
{
    return run(&(struct exec){.path = path, .argv = argv}, environ);
}

EXPORTED int execvpe(const char *name, char *const *argv, char *const *environment)
{
    return run(&(struct exec){.path = name, .argv = argv, .searches = true}, environment);
}

EXPORTED int execvp(const char *name, char *const *argv)
{
    return execvpe(name, argv, environ);
}

EXPORTED int fexecve(int fd, char *const *argv, char *const *environment)
{
    if (fd < 0) {
        errno = EINVAL;
        return -1;
    }
    return run(&(struct exec){.path = "",
                              .argv = argv,
                              .directory = fd,
                              .flags = AT_EMPTY_PATH,
                              .by_descriptor = true},
               environment);
}

EXPORTED int execveat(int directory, const char *path, char *const *argv, char *const *environment,
                      int flags)
{
    return run(&(struct exec){.path = path,
                              .argv = argv,
                              .directory = directory,
                              .flags = flags,
                              .by_descriptor = true},
               environment);
}

/* Arguments up to the NULL that ends them, counting it. */
static size_t count(const char *first, va_list rest)
{
    size_t n = 1;
    for (const char *argument = first; argument; argument = va_arg(rest, const char *)) {
        n++;
    }
    return n;
}

enum listed { BY_PATH, BY_NAME, WITH_ENVIRONMENT };

/* The functions that take arguments one by one; the environment, where one is given, comes last. */
static int run_listed(enum listed how, const char *file, const char *first, va_list rest)
{
    va_list counted;
    va_copy(counted, rest);
    size_t n = count(first, counted);
    va_end(counted);
    char *argv[n];
    argv[0] = (char *)(uintptr_t)first;
    for (size_t i = 1; i < n; i++) {
        argv[i] = va_arg(rest, char *);
    }
    switch (how) {
    case BY_NAME:
        return execvpe(file, argv, environ);
    case WITH_ENVIRONMENT:
        return execve(file, argv, va_arg(rest, char *const *));
    default:
        return execv(file, argv);
    }
}

EXPORTED int execl(const char *path, const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    int result = run_listed(BY_PATH, path, first, rest);
    va_end(rest);
    return result;
}

EXPORTED int execlp(const char *name, const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    int result = run_listed(BY_NAME, name, first, rest);
    va_end(rest);
    return result;
}

EXPORTED int execle(const char *path, const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    int result = run_listed(WITH_ENVIRONMENT, path, first, rest);
    va_end(rest);
    return result;
}

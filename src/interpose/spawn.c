/* posix_spawn, to have the library go along into an environment that was made without it. Only in
 * the shared library: in the other one there is nothing to go along, and no function behind this
 * one to be found. */
#ifdef PIC
#include <dlfcn.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "interpose/environment.h"
#include "interpose/signals/segv.h"

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *,
                           const posix_spawnattr_t *, char *const *, char *const *);

static int run(spawn_function *real, pid_t *pid, const char *path,
               const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
               char *const *argv, char *const *given)
{
    struct environment_room room = environment_measure(given);
    char *entries[room.entries];
    char text[room.text_bytes];
    char *const *environment = environment_complete(given, false, entries, text);
    segv_reveal();
    int result = real(pid, path, actions, attributes, argv, environment);
    segv_conceal();
    return result;
}

EXPORTED int posix_spawn(pid_t *restrict pid, const char *restrict path,
                         const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *restrict attributes, char *const *restrict argv,
                         char *const *restrict environment)
{
    static spawn_function *real;
    if (!real) {
        real = (spawn_function *)(uintptr_t)dlsym(RTLD_NEXT, "posix_spawn");
    }
    return run(real, pid, path, actions, attributes, argv, environment);
}

EXPORTED int posix_spawnp(pid_t *restrict pid, const char *restrict name,
                          const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *restrict attributes, char *const *restrict argv,
                          char *const *restrict environment)
{
    static spawn_function *real;
    if (!real) {
        real = (spawn_function *)(uintptr_t)dlsym(RTLD_NEXT, "posix_spawnp");
    }
    return run(real, pid, name, actions, attributes, argv, environment);
}
#endif

/* Shared libraries that a test writes, builds and loads. They lie in a directory of their own, gone at the end. */
#ifndef SUPPORT_PLUGIN_H
#define SUPPORT_PLUGIN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char plugin_directory[] = "/tmp/coalmine-plugin-XXXXXX";
static pid_t plugin_owner; /* the tests are its children */

static void plugin_clean_up(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", plugin_directory);
    if (getpid() == plugin_owner && system(command) != 0) {
        fprintf(stderr, "%s could not be removed\n", plugin_directory);
    }
}

/* To be called once, in main(), before the tests fork. */
static inline void plugin_start(void)
{
    if (!mkdtemp(plugin_directory)) {
        perror(plugin_directory);
        exit(EXIT_FAILURE);
    }
    plugin_owner = getpid();
    atexit(plugin_clean_up);
}

static inline void plugin_path(const char *name, char path[static 128])
{
    snprintf(path, 128, "%s/%s.so", plugin_directory, name);
}

/* Compiles `source`; calls to other libraries go through the procedure linkage table and are bound late. */
static inline void plugin_build(const char *name, const char *source)
{
    char path[128], command[512];
    plugin_path(name, path);
    const char *compiler = getenv("CC");
    snprintf(command, sizeof command, "%s -O1 -fPIC -shared -Wl,-z,lazy -Wl,--build-id -x c - -o %s",
             compiler && compiler[0] ? compiler : "cc", path);
    FILE *pipe = popen(command, "w");
    ck_assert_ptr_nonnull(pipe);
    fputs(source, pipe);
    ck_assert_int_eq(pclose(pipe), 0);
}

#endif

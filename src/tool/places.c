#include "tool/places.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "tool/complain.h"

static const char library_name[] = "libcoalmine.so";
static const char bindir[] = COALMINE_BINDIR "/";
static const char libdir[] = COALMINE_LIBDIR "/";

char *place_of_command(void)
{
    char *path = realpath("/proc/self/exe", NULL);
    if (!path) { /* no /proc: what the kernel was asked to execute */
        const char *asked = (const char *)getauxval(AT_EXECFN);
        path = asked ? realpath(asked, NULL) : NULL;
    }
    return path;
}

/* The path if it can be read; frees it if not. */
static char *if_readable(char *path)
{
    if (access(path, R_OK) == 0) {
        return path;
    }
    free(path);
    return NULL;
}

/* How much two configured directories have in common, up to and with a '/'. */
static size_t common_length(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
        if (a[i] == '/') {
            common = i + 1;
        }
    }
    return common;
}

/* With bindir /usr/bin and libdir /usr/lib: /opt/x/bin becomes /opt/x/lib/libcoalmine.so. NULL if
 * `folder` does not end as bindir does. */
static char *library_seen_from(const char *folder, size_t folder_length)
{
    size_t common = common_length(bindir, libdir);
    const char *tail = bindir + common;
    size_t tail_length = strlen(tail) - 1; /* the folder comes without its last '/' */
    if (common == 0 || strlen(tail) == 0 || folder_length <= tail_length) {
        return NULL;
    }
    size_t root_length = folder_length - tail_length;
    if (memcmp(folder + root_length, tail, tail_length) != 0 || folder[root_length - 1] != '/') {
        return NULL;
    }
    return make_text("%.*s%s%s", (int)root_length, folder, libdir + common, library_name);
}

char *place_of_library(const char *command)
{
    const char *slash = command ? strrchr(command, '/') : NULL;
    if (slash) {
        size_t length = (size_t)(slash - command);
        char *path = if_readable(make_text("%.*s/.libs/%s", (int)length, command, library_name));
        char *seen = path ? NULL : library_seen_from(command, length);
        path = seen ? if_readable(seen) : path;
        if (path) {
            return path;
        }
    }
    return if_readable(make_text("%s%s", libdir, library_name));
}

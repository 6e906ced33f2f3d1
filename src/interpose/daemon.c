/* daemon(), since the C library's own parent half ends past our _exit(). */
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/compiler.h"

enum { NULL_MAJOR = 1, NULL_MINOR = 3 }; /* null(4) */

static bool is_null_device(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && S_ISCHR(found.st_mode) &&
           found.st_rdev == makedev(NULL_MAJOR, NULL_MINOR);
}

/* False with errno if there is no null device in that place. */
static bool leave_standard_files(void)
{
    int fd = open(_PATH_DEVNULL, O_RDWR);
    if (fd < 0) {
        return false;
    }
    if (!is_null_device(fd)) {
        close(fd);
        errno = ENODEV;
        return false;
    }
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++) {
        dup2(fd, standard);
    }
    if (fd > STDERR_FILENO) {
        close(fd);
    }
    return true;
}

EXPORTED int daemon(int stays_in_directory, int keeps_files)
{
    pid_t child = fork();
    if (child < 0) {
        return -1;
    }
    if (child > 0) {
        _exit(0);
    }
    if (setsid() < 0) {
        return -1;
    }
    if (!stays_in_directory) {
        (void)!chdir("/");
    }
    return keeps_files || leave_standard_files() ? 0 : -1;
}

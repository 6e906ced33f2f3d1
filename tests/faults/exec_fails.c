/* Every exec fails here: nothing is told too early, lost or told twice. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forget.h"

extern char **environ;

static int fails(int result, int wanted)
{
    return result == -1 && errno == wanted;
}

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(30); /* @lost */
    p[0] = 1;
}

__attribute__((noinline)) static void lose_more(void)
{
    char *p = malloc(31); /* @also */
    p[0] = 1;
}

int main(void)
{
    lose();
    forget();
    char name[] = "/tmp/coalmine-exec-XXXXXX"; /* executable, but no program */
    int fd = mkstemp(name);
    if (fd < 0 || write(fd, "\0\1\2\3", 4) != 4 || fchmod(fd, 0755) != 0) {
        return 1;
    }
    char *const argv[] = {"x", NULL};
    int good = fails(execv("/no/such/file", argv), ENOENT) && fails(execv("/", argv), EACCES) &&
               fails(execvp("no-such-program-anywhere", argv), ENOENT) &&
               fails(execl(name, "x", (char *)NULL), ETXTBSY) &&
               fails(execle(name, "x", (char *)NULL, environ), ETXTBSY) &&
               fails(fexecve(-1, argv, environ), EINVAL);
    good = good &&
           pwrite(fd, "\177ELF", 4, 0) == 4 && /* told of, and refused: it is being written */
           fails(execv(name, argv), ETXTBSY) && fails(execv(name, argv), ETXTBSY);
    unlink(name);
    lose_more();
    forget();
    return good ? 0 : 1;
}

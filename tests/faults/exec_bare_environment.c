/* Programs that make up an environment for those they start: the library goes along. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const bare[] = {"WORD=here", "LD_PRELOAD=", NULL};
static char *const nothing[] = {NULL};

static const char script[] = "case $LD_PRELOAD in *libcoalmine.so) echo along $WORD;; esac";
static char *const argv[] = {"sh", "-c", (char *)script, NULL};

static void wait_for(pid_t child)
{
    waitpid(child, NULL, 0);
}

int main(void)
{
    pid_t child;
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, argv, bare) == 0) {
        wait_for(child);
    }
    if (posix_spawnp(&child, "sh", NULL, NULL, argv, nothing) == 0) {
        wait_for(child);
    }
    for (int way = 0; way < 4; way++) {
        child = way % 2 == 0 ? fork() : vfork();
        if (child == 0) {
            if (way < 2) {
                execve("/bin/sh", argv, bare);
            } else if (way == 2) {
                fexecve(open("/bin/sh", O_RDONLY), argv, bare);
            } else {
                execle("/bin/sh", "sh", "-c", script, (char *)NULL, bare);
            }
            _exit(1);
        }
        wait_for(child);
    }
    clearenv();
    execl("/bin/sh", "sh", "-c", script, (char *)NULL);
    return 1;
}

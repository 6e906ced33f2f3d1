/* Every way to start a program, from a program that has much in its heap. */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *const arguments[] = {"sh", "-c", "exit 7", NULL};

static int wait_for(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int by_vfork(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execv("/bin/sh", arguments);
        _exit(127);
    }
    return wait_for(pid);
}

static int by_failed_vfork(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execv("/no/such/program", arguments);
        _exit(9);
    }
    return wait_for(pid);
}

static int by_spawn(void)
{
    pid_t pid = 0;
    return posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environ) == 0 ? wait_for(pid) : -1;
}

static int by_popen(void)
{
    char line[64] = "";
    FILE *pipe = popen("echo out; exit 3", "r");
    char *got = fgets(line, sizeof line, pipe);
    int status = pclose(pipe);
    return got != NULL && strcmp(line, "out\n") == 0 && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                          : -1;
}

int main(void)
{
    void *blocks[2000];
    for (int i = 0; i < 2000; i++) {
        blocks[i] = malloc((size_t)i * 10);
    }
    for (int i = 0; i < 5; i++) {
        printf("vfork %d, failed vfork %d, posix_spawn %d, popen %d, system %d\n", by_vfork(),
               by_failed_vfork(), by_spawn(), by_popen(), WEXITSTATUS(system("exit 5")));
    }
    for (int i = 0; i < 2000; i++) {
        free(blocks[i]);
    }
    return 0;
}

/* A forked child's findings are its own: its status says so. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        char *p = malloc(24);
        p[24] = 0;
        free(p);
        exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 23 ? 0 : 1;
}

/* fork and exec, as shells do: no report of the child, whatever the parent lost before. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(30); /* @lost */
    p[0] = 1;
}

int main(void)
{
    lose();
    forget();
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            execl("/bin/true", "true", (char *)NULL);
            _exit(1);
        }
        int status = 1;
        waitpid(child, &status, 0);
        if (status != 0) {
            return 1;
        }
    }
    return 0;
}

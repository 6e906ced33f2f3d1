/* What the parent lost before the fork is its own leak; the child's are what it allocated itself and
 * what it let go. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

static void *volatile kept;

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(48) = 'x'; /* @parent */
    kept = malloc(100);        /* @let_go */
}

__attribute__((noinline)) static void lose_in_child(void)
{
    *(char *)malloc(30) = 'x'; /* @child */
    kept = NULL;
}

int main(void)
{
    lose();
    forget();
    pid_t child = fork();
    if (child == 0) {
        lose_in_child();
        forget();
        return 0;
    }
    int status;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 23 ? 0 : 99;
}

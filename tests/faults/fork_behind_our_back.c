/* _Fork calls no handlers: what the parent did wrong is not in the child's report all the same. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void damage(size_t size)
{
    char *volatile block = malloc(size);
    block[size] = 1;
    free(block);
}

int main(void)
{
    damage(24); /* @parent */
    pid_t child = _Fork();
    if (child == 0) {
        damage(40);
        exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 23 ? 0 : 1;
}

/* Parent and child both go on allocating; each frees what it inherited. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 1000 };

static void *blocks[MANY];

int main(void)
{
    for (int i = 0; i < MANY; i++) {
        blocks[i] = malloc((size_t)i * 20);
    }
    pid_t child = fork();
    for (int i = 0; i < MANY; i++) {
        free(blocks[i]);
        blocks[i] = malloc((size_t)i * 30);
    }
    for (int i = 0; i < MANY; i++) {
        free(blocks[i]);
        blocks[i] = NULL;
    }
    if (child == 0) {
        exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    return status;
}

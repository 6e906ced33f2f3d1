/* The child has a sweep of its own; the parent's block is whole. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *block = malloc(33); /* @alloc */
    usleep(100 * 1000);
    if (fork() == 0) {
        usleep(100 * 1000);
        block[33] = 'c';
        usleep(600 * 1000);
        free(block);
        exit(0);
    }
    wait(NULL);
    free(block);
    return 0;
}

/* A forked child loses a block of its own. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile char *block = malloc(48);
    block[0] = 1;
}

int main(void)
{
    if (fork() == 0) {
        lose();
        forget();
        exit(0);
    }
    return wait(NULL) > 0 ? 0 : 1;
}

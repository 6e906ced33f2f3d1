/* A handler of the program's is called as if we were not there, and exit in it is an exit. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void stop(int number)
{
    printf("stopped by %d\n", number);
    exit(3);
}

int main(void)
{
    struct sigaction action = {.sa_handler = stop}, was;
    sigaction(SIGTERM, &action, &was);
    if (was.sa_handler != SIG_DFL) {
        return 1;
    }
    raise(SIGTERM);
    return 2;
}

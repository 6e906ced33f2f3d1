/* A block is lost, and then the program is ended from outside, so to speak. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile char *block = malloc(48);
    block[0] = 1;
}

int main(void)
{
    lose();
    forget();
    raise(SIGTERM);
    return 0;
}

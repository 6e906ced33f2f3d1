/* A block is lost, and then the process becomes another program. */
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
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}

/* The process may not be traced: prctl(PR_SET_DUMPABLE, 0), as what holds secrets does. */
#include <stdlib.h>
#include <sys/prctl.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile char *block = malloc(48);
    block[0] = 1;
}

int main(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    lose();
    forget();
    return 0;
}

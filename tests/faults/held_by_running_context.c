/* The program exits from a context whose stack is a block that only the stack pointer is in. */
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "forget.h"

static ucontext_t here, there;

static void hold(void)
{
    void *volatile kept = malloc(48);
    memset(&there, 0, sizeof there);
    forget();
    exit(kept == NULL);
}

__attribute__((noinline)) static void start(void)
{
    getcontext(&there);
    there.uc_stack.ss_size = 65536;
    there.uc_stack.ss_sp = malloc(there.uc_stack.ss_size);
    makecontext(&there, hold, 0);
    swapcontext(&here, &there);
}

int main(void)
{
    start();
    return 0;
}

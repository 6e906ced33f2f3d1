/* A suspended context holds it, on a stack that is a block itself. */
#include <stdlib.h>
#include <ucontext.h>

#include "forget.h"

static ucontext_t here, there;

static void hold(void)
{
    void *volatile kept = malloc(48);
    swapcontext(&there, &here);
    free(kept);
}

__attribute__((noinline)) static void start(void)
{
    getcontext(&there);
    there.uc_stack.ss_size = 65536;
    there.uc_stack.ss_sp = malloc(there.uc_stack.ss_size);
    there.uc_link = &here;
    makecontext(&there, hold, 0);
    swapcontext(&here, &there);
}

int main(void)
{
    start();
    forget();
    return 0;
}

/* A suspended context holds it, on a stack from mmap. */
#include <stdlib.h>
#include <sys/mman.h>
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
    there.uc_stack.ss_sp = mmap(NULL, there.uc_stack.ss_size, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
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

/* A fault where the program blocks SIGSEGV ends it, whatever handler it has. */
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static void handler(int number)
{
    (void)number;
    _exit(3);
}

int main(void)
{
    sigset_t all;
    signal(SIGSEGV, handler);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    *(volatile int *)(uintptr_t)16 = 1; /* @write */
    return 0;
}

/* A fault within the program's own handler for faults ends it, as without us. */
#include <signal.h>
#include <stdint.h>

static void handler(int number)
{
    *(volatile int *)(uintptr_t)24 = number; /* @second */
}

int main(void)
{
    signal(SIGSEGV, handler);
    *(volatile int *)(uintptr_t)16 = 1;
    return 0;
}

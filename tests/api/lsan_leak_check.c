/* A leak ends the process right there, with the exit code, and is told once. */
#include "expecting.h"
#include "lsan.h"

static void at_exit(void)
{
    printf("a handler ran\n");
    fflush(stdout);
}

int main(void)
{
    atexit(at_exit);
    lose(1, 48);
    printf("before\n");
    fflush(stdout);
    __lsan_do_leak_check();
    printf("after\n");
    fflush(stdout);
    return 0;
}

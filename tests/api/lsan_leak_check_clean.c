/* The check was made: what leaks later is not looked for. */
#include "expecting.h"
#include "lsan.h"

int main(void)
{
    __lsan_do_leak_check();
    lose(1, 48);
    __lsan_do_leak_check();
    printf("after\n");
    return 0;
}

/* With exit code 0 a check that finds leaks reports them, once, and the program goes on. */
#include "expecting.h"
#include "lsan.h"

const char *__lsan_default_options(void)
{
    return "report_objects=1,exitcode=0:max_leaks=5";
}

int main(void)
{
    lose(1, 48);
    __lsan_do_leak_check();
    lose(1, 49);
    printf("after\n");
    return 0;
}

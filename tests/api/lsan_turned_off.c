/* A program that turns LeakSanitizer off has no leaks looked for. */
#include "expecting.h"
#include "lsan.h"

__attribute__((used)) int __lsan_is_turned_off(void)
{
    return 1;
}

int main(void)
{
    lose(1, 48);
    __lsan_do_leak_check();
    EXPECT_NUMBER(__lsan_do_recoverable_leak_check(), 0);
    expected();
    return 0;
}

/* A recoverable check reports and goes on; the end reports again. */
#include "expecting.h"
#include "lsan.h"

int main(void)
{
    EXPECT_NUMBER(__lsan_do_recoverable_leak_check(), 0);
    lose(1, 48);
    EXPECT_NUMBER(__lsan_do_recoverable_leak_check(), 1);
    EXPECT_NUMBER(__lsan_do_recoverable_leak_check(), 1);
    expected();
    return 0;
}

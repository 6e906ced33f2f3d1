/* coalmine_leak_report() tells what the end tells again: it is still leaked then. */
#include <coalmine/coalmine.h>

#include "expecting.h"

int main(void)
{
    EXPECT_NUMBER(coalmine_leak_report(0), 0);
    uint32_t mark = coalmine_mark();
    lose(2, 48);
    EXPECT_NUMBER(coalmine_leak_report(mark), 2);
    EXPECT_NUMBER(coalmine_leak_report(coalmine_mark()), 0);
    expected();
    return 0;
}

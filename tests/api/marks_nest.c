/* A check tells what was allocated since its mark, whatever marks came between. */
#include <coalmine/coalmine.h>

#include "expecting.h"

int main(void)
{
    lose(3, 10);
    uint32_t outer = coalmine_mark();
    lose(1, 48);
    uint32_t inner = coalmine_mark();
    lose(2, 100);
    EXPECT(outer >= 1 && inner > outer);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 6);
    EXPECT_NUMBER(coalmine_leak_check(outer, NULL), 3);
    EXPECT_NUMBER(coalmine_leak_check(inner, NULL), 2);
    EXPECT_NUMBER(coalmine_leak_check(coalmine_mark(), NULL), 0);
    struct coalmine_leaks leaks;
    EXPECT_NUMBER(coalmine_leak_check(outer, &leaks), 3);
    EXPECT_NUMBER(leaks.bytes, 248);
    coalmine_leaks_free(&leaks);
    expected();
    return 0;
}

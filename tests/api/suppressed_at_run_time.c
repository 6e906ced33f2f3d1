/* Suppressions of the program's own, from its function and added later. */
#include <coalmine/coalmine.h>

#include "expecting.h"

const char *coalmine_default_suppressions(void)
{
    return "leak:lose_first\n";
}

__attribute__((noinline)) void lose_first(void)
{
    *(char *)malloc(10) = 'x';
    forget();
}

__attribute__((noinline)) void lose_second(void)
{
    *(char *)malloc(20) = 'x';
    forget();
}

int main(void)
{
    struct coalmine_leaks leaks;
    lose_first();
    lose_second();
    EXPECT_NUMBER(coalmine_leak_check(0, &leaks), 1);
    EXPECT(leaks.suppressed_blocks == 1 && leaks.suppressed_bytes == 10);
    coalmine_leaks_free(&leaks);
    EXPECT_NUMBER(coalmine_suppress("leak:lose_second"), 1);
    EXPECT_NUMBER(coalmine_leak_check(0, &leaks), 0);
    EXPECT(leaks.suppressed_blocks == 2 && leaks.groups == 0 && *leaks.text == '\0');
    coalmine_leaks_free(&leaks);
    EXPECT_NUMBER(coalmine_suppress("what is this"), 0);
    expected();
    return 0;
}

/* An ignored block is no leak, nor what it leads to; by a pointer into its middle, too. */
#include <coalmine/coalmine.h>

#include "expecting.h"

__attribute__((noinline)) static void lose_ignored(void)
{
    void *volatile *p = malloc(64);
    p[3] = malloc(1000);
    EXPECT_NUMBER(coalmine_ignore((char *)p + 20), 1);
    void *freed = malloc(30);
    free(freed);
    EXPECT_NUMBER(coalmine_ignore(freed), 0);
    forget();
}

int main(void)
{
    int local;
    lose_ignored();
    EXPECT_NUMBER(coalmine_ignore(&local), 0);
    EXPECT_NUMBER(coalmine_ignore(NULL), 0);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 0);
    expected();
    return 0;
}

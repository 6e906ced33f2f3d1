/* leak_kinds rules checks, too. */
#include <coalmine/coalmine.h>

#include "expecting.h"

static void *volatile interior, *volatile held;

__attribute__((noinline)) static void keep(void)
{
    interior = (char *)malloc(500) + 100;
    held = malloc(77);
    forget();
}

int main(void)
{
    uint32_t mark = coalmine_mark();
    keep();
    struct coalmine_leaks leaks;
    EXPECT_NUMBER(coalmine_leak_check(mark, &leaks), 1);
    EXPECT(leaks.groups == 1 && leaks.group[0].kind == COALMINE_LEAK_REACHABLE &&
           leaks.bytes == 77);
    coalmine_leaks_free(&leaks);
    free(held);
    held = NULL;
    EXPECT_NUMBER(coalmine_leak_check(mark, NULL), 0);
    expected();
    return 0;
}

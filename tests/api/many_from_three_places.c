/* A hundred thousand blocks are three groups, told since a mark. */
#include <coalmine/coalmine.h>

#include "expecting.h"

__attribute__((noinline)) static void lose_many(void)
{
    for (int i = 0; i < 100000; i++) {
        switch (i % 4) {
        case 0:
            *(char *)malloc(64) = 'x';
            break;
        case 1:
            *(char *)malloc(300) = 'x';
            break;
        default:
            *(char *)malloc(100) = 'x';
        }
    }
    forget();
}

int main(void)
{
    uint32_t mark = coalmine_mark();
    lose_many();
    struct coalmine_leaks leaks;
    EXPECT_NUMBER(coalmine_leak_check(mark, &leaks), 100000);
    EXPECT_NUMBER(leaks.groups, 3);
    EXPECT(leaks.listed == 3 && leaks.group[0].bytes == 25000 * 300);
    EXPECT(leaks.listed == 3 && leaks.group[1].blocks == 50000);
    coalmine_leaks_free(&leaks);
    expected();
    return 0;
}

/* A block belongs to the generation it was last resized in; what was freed, or is held, is none. */
#include <coalmine/coalmine.h>

#include "expecting.h"

static void *volatile held, *volatile grown;

__attribute__((noinline)) static void grow(void)
{
    grown = realloc(grown, 1000);
    grown = NULL;
    held = malloc(20);
    free(malloc(30));
    forget();
}

int main(void)
{
    grown = malloc(10);
    uint32_t mark = coalmine_mark();
    EXPECT_NUMBER(coalmine_leak_check(mark, NULL), 0);
    grow();
    struct coalmine_leaks leaks;
    EXPECT_NUMBER(coalmine_leak_check(mark, &leaks), 1);
    EXPECT_NUMBER(leaks.bytes, 1000);
    EXPECT(leaks.listed == 1 && strcmp(leaks.group[0].via, "realloc") == 0);
    coalmine_leaks_free(&leaks);
    expected();
    return 0;
}

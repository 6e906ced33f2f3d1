/* Three blocks from one place are one group. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile size_t most = 30;
    for (size_t size = 10; size <= most; size += 10) {
        char *p = malloc(size); /* @alloc */
        p[0] = 'x';
    }
}

int main(void)
{
    lose(); /* @call */
    forget();
    return 0;
}

/* Two places, two groups, the larger first. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    *(char *)malloc(100) = 'x'; /* @small */
    *(char *)malloc(200) = 'x'; /* @big */
}

int main(void)
{
    lose();
    forget();
    return 0;
}

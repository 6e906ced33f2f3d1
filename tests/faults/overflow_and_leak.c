/* The damaged block is lost as well: two findings. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile char *p = malloc(24); /* @alloc */
    p[24] = 0;
}

int main(void)
{
    lose(); /* @call */
    forget();
    return 0;
}

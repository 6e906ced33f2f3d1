/* A megabyte. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(1 << 20); /* @alloc */
    p[0] = 'x';
}

int main(void)
{
    lose();
    forget();
    return 0;
}

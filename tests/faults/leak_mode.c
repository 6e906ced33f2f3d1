/* mode=leaks finds leaks as well. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(48); /* @alloc */
    p[0] = 'x';
}

int main(void)
{
    lose();
    forget();
    return 0;
}

/* The only pointer is lost. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(48); /* @alloc */
    p[0] = 'x';
}

int main(void)
{
    lose(); /* @call */
    forget();
    return 0;
}

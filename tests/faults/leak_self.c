/* A block that points to itself. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    void **p = malloc(40); /* @alloc */
    p[2] = p;
}

int main(void)
{
    lose();
    forget();
    return 0;
}

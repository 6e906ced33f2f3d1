/* Two lost blocks share a third. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    void **one = malloc(40), **other = malloc(40);
    one[0] = other[0] = malloc(100);
}

int main(void)
{
    lose();
    forget();
    return 0;
}

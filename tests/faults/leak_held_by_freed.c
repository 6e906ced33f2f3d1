/* The only pointer lies in a block that was freed. */
#include <stdlib.h>

#include "forget.h"

static void **holder;

__attribute__((noinline)) static void lose(void)
{
    holder = malloc(64);
    holder[4] = malloc(48); /* @alloc */
    free(holder);
}

int main(void)
{
    lose();
    forget();
    return 0;
}

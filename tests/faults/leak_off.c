/* With leaks=off nobody looks. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(48);
    p[0] = 'x';
}

int main(void)
{
    lose();
    forget();
    return 0;
}

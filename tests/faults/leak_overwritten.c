/* The global that held it points elsewhere now. */
#include <stdlib.h>

#include "forget.h"

static char *volatile current;

__attribute__((noinline)) static void replace(size_t size)
{
    current = malloc(size); /* @alloc */
}

int main(void)
{
    replace(100); /* @lost */
    replace(200);
    forget();
    return 0;
}

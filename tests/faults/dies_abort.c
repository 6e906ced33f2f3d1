/* abort(): what is damaged and what is lost is told, then the same death. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    volatile char *p = malloc(100); /* @lost */
    p[100] = 1;
}

int main(void)
{
    lose();
    forget();
    abort(); /* @abort */
}

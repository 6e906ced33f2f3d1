/* One block each that is lost, held by its middle, and held at the end: those asked for are told.
 */
#include <stdlib.h>

#include "forget.h"

static char *held, *middle;

__attribute__((noinline)) static void keep(void)
{
    held = malloc(30); /* @held */
}

__attribute__((noinline)) static void keep_middle(void)
{
    middle = malloc(40); /* @middle */
    middle += 7;
}

__attribute__((noinline)) static void lose(void)
{
    volatile char *p = malloc(50);
    p[0] = 1;
}

int main(void)
{
    keep();
    keep_middle();
    lose();
    forget();
    return (held == NULL) + (middle == NULL);
}

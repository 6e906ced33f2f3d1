/* Frames through a chain of calls, innermost first. */
#include <stdlib.h>

__attribute__((noinline)) static void inner(void *p)
{
    free(p); /* @inner */
}

__attribute__((noinline)) static void middle(void *p)
{
    inner(p); /* @middle */
}

__attribute__((noinline)) static void outer(void *p)
{
    middle(p); /* @outer */
}

int main(void)
{
    char *p = malloc(24);
    outer(p);
    outer(p); /* @main */
    return 0;
}

/* depth=2 keeps two frames. */
#include <stdlib.h>

__attribute__((noinline)) static void inner(void *p)
{
    free(p);
}

__attribute__((noinline)) static void middle(void *p)
{
    inner(p);
}

int main(void)
{
    char *p = malloc(24);
    middle(p);
    middle(p);
    return 0;
}

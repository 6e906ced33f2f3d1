/* A call through a null pointer: the stack is the caller's. */
#include <stddef.h>

static void (*volatile handler)(void);

int main(void)
{
    handler(); /* @call */
    return 0;
}

/* A static pointer holds the block: not a leak. */
#include <stdlib.h>

static void *volatile kept;

int main(void)
{
    kept = malloc(48);
    return 0;
}

/* A wild access within the heap, in no block: the nearest ones are named. */
#include <stdlib.h>

int main(void)
{
    char *volatile block = malloc(40000);            /* @make */
    *(volatile char *)(block + 40000 + 6000000) = 1; /* @write */
    free(block);
    return 0;
}

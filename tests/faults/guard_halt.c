/* halt=on: the access is told, then it is the program's own fault. */
#include <stdlib.h>

int main(void)
{
    volatile char *block = malloc(32); /* @make */
    block[33] = 1;                     /* @write */
    block[32] = 1;
    free((void *)block);
    return 0;
}

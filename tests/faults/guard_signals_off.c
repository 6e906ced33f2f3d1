/* signals=off leaves deaths alone, but a guard is told of all the same. */
#include <stdlib.h>

static volatile char sink;

int main(void)
{
    volatile char *block = malloc(48);
    sink = block[48]; /* @read */
    free((void *)block);
    return 0;
}

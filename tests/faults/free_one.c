/* The value 1. */
#include <stdlib.h>

int main(void)
{
    free((void *)1); /* @bad */
    return 0;
}

/* A function. */
#include <stdlib.h>

int main(void)
{
    free((void *)main); /* @bad */
    return 0;
}

/* A global array without a value. */
#include <stdlib.h>

static char global[64];

int main(void)
{
    free(global + 16); /* @bad */
    return 0;
}

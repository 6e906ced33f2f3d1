/* A global array. */
#include <stdlib.h>

static char global[64] = "data";

int main(void)
{
    free(global); /* @bad */
    return global[0] == 'd' ? 0 : 1;
}

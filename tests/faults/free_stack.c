/* An array that lives on the stack. */
#include <stdlib.h>

int main(void)
{
    char local[64] = {0};
    free(local); /* @bad */
    return 0;
}

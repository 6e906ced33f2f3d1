/* realloc of what never was a heap block answers NULL. */
#include <stdlib.h>

int main(void)
{
    char local[64] = {0};
    return realloc(local, 128) == NULL ? 0 : 1; /* @bad */
}

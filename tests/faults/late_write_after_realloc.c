/* Through the old pointer of a block that realloc moved. */
#include <stdlib.h>

int main(void)
{
    char *old = malloc(40);            /* @alloc */
    char *moved = realloc(old, 50000); /* @free */
    old[39] ^= 0x55;
    free(moved);
    return 0;
}

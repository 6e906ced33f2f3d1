/* The damaged block is never freed. */
#include <stdlib.h>

static char *volatile kept;

int main(void)
{
    kept = malloc(24); /* @alloc */
    kept[24] = 0;
    return 0;
}

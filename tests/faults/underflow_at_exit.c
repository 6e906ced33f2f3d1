/* Never freed. */
#include <stdlib.h>

static char *volatile kept;

int main(void)
{
    kept = malloc(24); /* @alloc */
    kept[-1] = 0;
    return 0;
}

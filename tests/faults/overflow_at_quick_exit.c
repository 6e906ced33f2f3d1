/* quick_exit runs only its own handlers. */
#include <stdlib.h>

static char *volatile kept;

int main(void)
{
    kept = malloc(24); /* @alloc */
    kept[24] = 0;
    quick_exit(0);
}

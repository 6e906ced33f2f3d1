/* What a destructor does is still seen: the last look comes after it. */
#include <stdlib.h>

static char *volatile kept;

__attribute__((destructor)) static void damage(void)
{
    kept[24] = 0;
}

int main(void)
{
    kept = malloc(24); /* @alloc */
    return 0;
}

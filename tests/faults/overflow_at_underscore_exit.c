/* _exit runs no handlers; the damage is told all the same. */
#include <stdlib.h>
#include <unistd.h>

static char *volatile kept;

int main(void)
{
    kept = malloc(24); /* @alloc */
    kept[24] = 0;
    _exit(0);
}

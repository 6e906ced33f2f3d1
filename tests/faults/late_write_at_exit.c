/* A write after free, still in quarantine when the program ends. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p);              /* @free */
    p[8] ^= 0x55;
    return 0;
}

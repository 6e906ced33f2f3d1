/* The address right behind a block. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p + 64);         /* @bad */
    free(p);
    return 0;
}

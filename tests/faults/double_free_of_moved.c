/* The pointer from before realloc moved the block. */
#include <stdlib.h>

int main(void)
{
    char *old = malloc(24);             /* @alloc */
    char *moved = realloc(old, 100000); /* @first */
    free(old);                          /* @second */
    free(moved);
    return 0;
}

/* realloc of an address inside a block leaves the block alone. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64);           /* @alloc */
    void *q = realloc(p + 32, 128); /* @bad */
    free(p);
    return q == NULL ? 0 : 1;
}

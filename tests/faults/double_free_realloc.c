/* realloc of a block already freed answers NULL. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);                  /* @alloc */
    free(p);                               /* @first */
    return realloc(p, 48) == NULL ? 0 : 1; /* @second */
}

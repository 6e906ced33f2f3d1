/* A large block, freed twice. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(300000); /* @alloc */
    free(p);                  /* @first */
    free(p);                  /* @second */
    return 0;
}

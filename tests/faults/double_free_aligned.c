/* An aligned block, freed twice. */
#include <stdlib.h>

int main(void)
{
    char *p = aligned_alloc(512, 1024); /* @alloc */
    free(p);                            /* @first */
    free(p);                            /* @second */
    return 0;
}

/* free, twice. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    free(p);              /* @first */
    free(p);              /* @second */
    return 0;
}

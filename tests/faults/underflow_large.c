/* Before a large block. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(300000); /* @alloc */
    p[-1] = 0;
    free(p); /* @free */
    return 0;
}

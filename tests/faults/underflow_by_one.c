/* One byte before the start. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    p[-1] = 0;
    free(p); /* @free */
    return 0;
}

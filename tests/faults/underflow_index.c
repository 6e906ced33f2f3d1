/* Index minus one of an array of int. */
#include <stdlib.h>

int main(void)
{
    int *p = malloc(10 * sizeof *p); /* @alloc */
    p[-1] = 0;
    free(p); /* @free */
    return 0;
}

/* Before an aligned block. */
#include <stdlib.h>

int main(void)
{
    char *p = aligned_alloc(128, 128); /* @alloc */
    p[-1] = 0;
    free(p); /* @free */
    return 0;
}

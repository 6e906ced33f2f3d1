/* A block of its own pages, the last one not full. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(300001); /* @alloc */
    p[300001] = 0;
    free(p); /* @free */
    return 0;
}

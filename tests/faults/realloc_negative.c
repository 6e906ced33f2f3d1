/* realloc to a negative size leaves the block as it was. */
#include <stdlib.h>

int main(void)
{
    volatile int length = -16;
    char *p = malloc(8);
    p[7] = 'x';
    void *q = realloc(p, (size_t)length); /* @bad */
    int kept = q == NULL && p[7] == 'x';
    free(p);
    return kept ? 0 : 1;
}

/* intercept=off: found when the block is released. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25, used;

int main(void)
{
    char *p = malloc(24); /* @alloc */
    memset(p, 'x', n25);
    used = strlen(p);
    free(p); /* @free */
    return 0;
}

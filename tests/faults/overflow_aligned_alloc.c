/* Size and alignment equal: nothing but the canary is behind it. */
#include <stdlib.h>

int main(void)
{
    char *p = aligned_alloc(256, 256); /* @alloc */
    p[256] = 0;
    free(p); /* @free */
    return 0;
}

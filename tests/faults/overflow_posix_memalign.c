/* In an aligned block, too, the canary begins right behind the size asked for. */
#include <stdlib.h>

int main(void)
{
    void *at = NULL;
    if (posix_memalign(&at, 64, 100) != 0) { /* @alloc */
        return 1;
    }
    ((char *)at)[100] = 0;
    free(at); /* @free */
    return 0;
}

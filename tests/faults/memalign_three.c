/* An alignment that is no power of two. */
#include <malloc.h>
#include <stdlib.h>

int main(void)
{
    volatile size_t alignment = 3;
    free(memalign(alignment, 100)); /* @bad */
    return 0;
}

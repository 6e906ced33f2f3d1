/* An alignment of zero. */
#include <stdlib.h>

int main(void)
{
    volatile size_t alignment = 0;
    free(aligned_alloc(alignment, 100)); /* @bad */
    return 0;
}

/* aligned_alloc with 48. */
#include <stdlib.h>

int main(void)
{
    volatile size_t alignment = 48;
    free(aligned_alloc(alignment, 96)); /* @bad */
    return 0;
}

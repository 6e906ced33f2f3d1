/* An aligned request of a negative size. */
#include <stdlib.h>

int main(void)
{
    volatile long length = -4096;
    return aligned_alloc(4096, (size_t)length) == NULL ? 0 : 1; /* @bad */
}

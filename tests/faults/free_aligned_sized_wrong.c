/* C23's free_aligned_sized with another alignment. */
#include <stdlib.h>

void free_aligned_sized(void *at, size_t alignment, size_t size) __attribute__((weak));

int main(void)
{
    char *p = aligned_alloc(64, 128); /* @alloc */
    free_aligned_sized(p, 32, 128);   /* @bad */
    return 0;
}

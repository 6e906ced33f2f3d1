/* The eight bytes where other allocators keep the block's size. */
#include <stdlib.h>

int main(void)
{
    size_t *p = malloc(40); /* @alloc */
    p[-1] = 0;
    free(p); /* @free */
    return 0;
}

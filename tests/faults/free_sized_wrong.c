/* C23's free_sized with another size. */
#include <stdlib.h>

void free_sized(void *at, size_t size) __attribute__((weak));

int main(void)
{
    char *p = malloc(16); /* @alloc */
    free_sized(p, 32);    /* @bad */
    return 0;
}

/* A call that leaves its block at both ends is told once. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n32 = 32;

int main(void)
{
    char *p = malloc(24);    /* @alloc */
    memset(p - 4, 'x', n32); /* @call */
    free(p);
    return 0;
}

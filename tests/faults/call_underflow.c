/* Calls that begin before their block, which another block stands in front of. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n4 = 4;
static char text[64];

int main(void)
{
    char *left = malloc(24), *p = malloc(24); /* @alloc */
    memset(left, 'l', 24);
    memset(p - 1, 'x', n4);       /* @one */
    memcpy(p - 8, text, n4 * 4);  /* @eight */
    char *large = malloc(200000); /* @alloc_large */
    memset(large - 3, 'x', n4);   /* @large */
    memcpy(text, large - 16, n4); /* @outside */
    free(large);
    free(p);
    free(left);
    return 0;
}

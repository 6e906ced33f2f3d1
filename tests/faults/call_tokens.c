/* Tokens that go on beyond the end of a block. */
#include <stdlib.h>
#include <string.h>

/* Exactly so many bytes. */
static void *block(size_t size)
{
    return malloc(size); /* @alloc */
}

static volatile size_t n25 = 25, n24 = 24;
static char text[] = "0123456789012345678901234567890123456789";
static volatile size_t used;

int main(void)
{
    char *p, *rest;
    p = block(24);
    memset(p, 'x', 24);
    strtok(p, ","); /* @strtok */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    p[4] = ',', strtok(p, ","), strtok(NULL, ","); /* @strtok_next */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    strtok_r(p, ",;", &rest); /* @strtok_r */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    rest = p, strsep(&rest, ",;"); /* @strsep */
    free(p);
    return 0;
}

/* Functions that write memory, one byte too many: told at the call, and not again at free. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    memcpy(p, text, n25); /* @memcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memmove(p, text, n25 + 1); /* @memmove */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    mempcpy(p + 1, text, n24); /* @mempcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memset(p, 'y', n25 + 2); /* @memset */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    bzero(p + 20, n25); /* @bzero */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    explicit_bzero(p, n25); /* @explicit */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    bcopy(text, p, n25); /* @bcopy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memccpy(p, text, '#', n25); /* @memccpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memccpy(p + 20, text, '5', n25); /* @memccpy_found */
    free(p);
    return 0;
}

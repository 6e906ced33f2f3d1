/* Functions that read memory, beyond the end of a block. */
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

static char to[100];

int main(void)
{
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    memcpy(to, p, n25); /* @memcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memmove(to, p + 8, n24); /* @memmove */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    mempcpy(to, p, n25); /* @mempcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = memcmp(p, to, n25); /* @memcmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = bcmp(to, p, n25 + 1); /* @bcmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = memchr(p, '?', n25 + 9) != NULL; /* @memchr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = memrchr(p, '?', n25) != NULL; /* @memrchr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = memmem(p, n25, "xy", 2) != NULL; /* @memmem */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    memccpy(to, p, '?', n25); /* @memccpy */
    free(p);
    return 0;
}

/* Copies of strings that do not fit; the number of bytes is exact. */
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

static char to[4096];

int main(void)
{
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    strcpy(p, text); /* @strcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    stpcpy(p + 23, text + 39); /* @stpcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    strncpy(p, "short", n25); /* @strncpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    stpncpy(p, text, n25 + 1); /* @stpncpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    p[20] = 0, strcat(p, text + 36); /* @strcat */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    p[20] = 0, strncat(p, text, 7); /* @strncat */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    strcpy(to, p); /* @strcpy_read */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    strncpy(to, p, n25); /* @strncpy_read */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    to[0] = 0, strcat(to, p); /* @strcat_read */
    free(p);
    return 0;
}

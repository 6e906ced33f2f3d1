/* Comparisons of a string that does not end in its block. */
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

static char to[4096], xs[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

int main(void)
{
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    used = strcmp(p, xs); /* @strcmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strcmp(xs, p); /* @strcmp_second */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strncmp(p, xs, n25); /* @strncmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strcasecmp(p, xs); /* @strcasecmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strncasecmp(p, xs, n25); /* @strncasecmp */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strcoll(p, xs); /* @strcoll */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strxfrm(to, p, sizeof to); /* @strxfrm */
    free(p);
    return 0;
}

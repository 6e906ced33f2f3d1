/* Strings without an end in their block. */
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
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    used = strlen(p); /* @strlen */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strlen(p + 24); /* @strlen_end */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strnlen(p, n25); /* @strnlen */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    free(strdup(p)); /* @strdup */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    free(strndup(p, n25)); /* @strndup */
    free(p);
    return 0;
}

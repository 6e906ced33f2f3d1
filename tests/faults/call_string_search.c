/* Searches that run over the end of a block. */
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
    used = strchr(p, '?') != NULL; /* @strchr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strchrnul(p, '?') != NULL; /* @strchrnul */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strrchr(p, 'x') != NULL; /* @strrchr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strstr(p, "xy") != NULL; /* @strstr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strcasestr(p, "xy") != NULL; /* @strcasestr */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strspn(p, "yx"); /* @strspn */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strcspn(p, "ab"); /* @strcspn */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strpbrk(p, "ab") != NULL; /* @strpbrk */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    used = strstr(text, p) != NULL; /* @needle */
    free(p);
    return 0;
}

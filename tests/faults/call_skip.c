/* intercept_skip: some functions are not judged, others are. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25, used;
static char text[30];

int main(void)
{
    char *p = malloc(24); /* @alloc */
    memset(p, 'x', 24);
    used = strlen(p);
    used = strchr(p, '?') != NULL;
    used = memcmp(p, text, n25); /* @memcmp */
    free(p);
    return 0;
}

/* intercept_skip: a name that is none is told, with the one that was meant; a second name will do.
 */
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25, used;

int main(void)
{
    char *p = malloc(24);
    memset(p, 'x', 24);
    used = strrchr(p, '?') != NULL;
    memset(p, 'x', n25); /* @memset */
    free(p);
    return 0;
}

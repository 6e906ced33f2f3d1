/* What a call was told to damage is not told again: not when resized, released, or at exit; other
 * damage beside it is. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25;

int main(void)
{
    char *p = malloc(24), *q = malloc(24); /* @alloc */
    memset(p, 'x', n25);                   /* @first */
    p = realloc(p, 100);                   /* @resize */
    memset(q, 'x', n25);                   /* @second */
    char *kept = malloc(24);               /* @kept */
    memset(kept, 'x', n25 + 6);            /* @third */
    kept[31] = 'z';
    free(q);
    free(p);
    free(kept); /* @free */
    return 0;
}

/* Where every block is guarded, one of middling size is moved by realloc so that it ends at its
 * guard. */
#include <stdlib.h>

static volatile char sink;

int main(void)
{
    volatile char *p = malloc(40000);
    p = realloc((void *)p, 90016); /* @grow */
    sink = p[90016];               /* @read */
    free((void *)p);
    return 0;
}

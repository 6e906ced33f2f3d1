/* More than a page before the start of a block that stands at its other guard. */
#include <stdlib.h>

int main(void)
{
    volatile char *p = malloc(70000); /* @alloc */
    p[-5000] = 1;                     /* @write */
    free((void *)p);
    return 0;
}

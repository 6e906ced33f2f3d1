/* The whole block is overwritten after its release. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = malloc(100); /* @alloc */
    free(p);               /* @free */
    for (int i = 0; i < 100; i++) {
        p[i] = (char)~p[i];
    }
    return 0;
}

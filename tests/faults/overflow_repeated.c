/* The same mistake at the same place is shown once, and counted. */
#include <stdlib.h>

int main(void)
{
    for (int i = 0; i < 5; i++) {
        char *p = malloc(24); /* @alloc */
        p[24] = 0;
        free(p); /* @free */
    }
    return 0;
}

/* A block that the C library allocated for the program. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = strdup("seven c"); /* @alloc */
    p[8] = 0;
    free(p); /* @free */
    return 0;
}

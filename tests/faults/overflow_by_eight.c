/* As many bytes past the end as the smallest canary has. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = malloc(32); /* @alloc */
    memset(p + 32, 0, 8);
    free(p); /* @free */
    return 0;
}

/* Inside a block that was freed. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p);              /* @free */
    free(p + 16);         /* @bad */
    return 0;
}

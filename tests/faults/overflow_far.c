/* Far past the end, over whatever lies there. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    memset(p + 24, 0, 200);
    free(p); /* @free */
    return 0;
}

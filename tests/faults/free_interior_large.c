/* Deep inside a large block. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(300000); /* @alloc */
    free(p + 262144);         /* @bad */
    free(p);
    return 0;
}

/* Not even aligned. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p + 1);          /* @bad */
    free(p);
    return 0;
}

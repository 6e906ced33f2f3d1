/* The report shows what was written. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = malloc(32); /* @alloc */
    memcpy(p + 32, "SURPRISE", 8);
    free(p); /* @free */
    return 0;
}

/* Into a freed block of 300 KB. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(300000); /* @alloc */
    free(p);                  /* @free */
    p[150000] ^= 0x55;
    return 0;
}

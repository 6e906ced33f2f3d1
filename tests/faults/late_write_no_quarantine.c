/* Without quarantine a freed block is still compared before its reuse. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p);              /* @free */
    p[8] ^= 0x55;
    for (int i = 0; i < 10000; i++) {
        free(malloc(64));
    }
    return 0;
}

/* The block leaves quarantine while the program runs, and is looked at before it is used again. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(64); /* @alloc */
    free(p);              /* @free */
    p[8] ^= 0x55;
    for (int i = 0; i < 2000000; i++) {
        free(malloc(64));
    }
    return 0;
}

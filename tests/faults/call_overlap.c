/* Copies within a block whose source and destination overlap; memmove() may, and so may what is no
 * heap. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n16 = 16;

int main(void)
{
    char *p = malloc(64); /* @alloc */
    memset(p, 'x', 64);
    p[40] = 0;
    memcpy(p, p + 8, n16); /* @memcpy */
    memcpy(p, p + 16, n16);
    memcpy(p, p, n16);
    memmove(p, p + 8, n16);
    mempcpy(p + 8, p, n16); /* @mempcpy */
    strcpy(p, p + 20);      /* @strcpy */
    p[12] = 0;
    strncpy(p, p + 5, n16); /* @strncpy */
    strcpy(p, "0123456789");
    strcat(p + 5, p); /* @strcat */
    static char local[64];
    memcpy(local, local + 8, n16);
    free(p);
    return 0;
}

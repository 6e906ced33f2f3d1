/* A fortified call that the C library ends the program for: told first. */
#include <stdlib.h>
#include <string.h>

char *__strcpy_chk(char *, const char *, size_t);
static volatile size_t n24 = 24;

int main(void)
{
    char *p = malloc(24);
    __strcpy_chk(p, "0123456789012345678901234", n24); /* @copy */
    free(p);
    return 0;
}

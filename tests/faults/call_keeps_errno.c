/* errno is what the program left there, whether something is told or not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile size_t used;

int main(void)
{
    char *p = malloc(24); /* @alloc */
    errno = 77;
    memset(p, 'x', 24);
    used = strnlen(p, 24) + (strchr(p, 'x') != NULL) + strtol("12", NULL, 10);
    printf("%d ", errno);
    errno = 78;
    used = strlen(p); /* @call */
    printf("%d\n", errno);
    free(p);
    return 0;
}

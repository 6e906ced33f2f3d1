/* The same for reallocarray; the old block stays. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    volatile size_t count = SIZE_MAX / 4;
    char *p = malloc(8);
    p[0] = 'x';
    errno = 0;
    void *q = reallocarray(p, count, 16); /* @bad */
    int kept = q == NULL && errno == ENOMEM && p[0] == 'x';
    free(p);
    return kept ? 0 : 1;
}

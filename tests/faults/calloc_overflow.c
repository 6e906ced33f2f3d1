/* A product that does not fit. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    volatile size_t count = SIZE_MAX / 8 + 2;
    errno = 0;
    void *p = calloc(count, 8); /* @bad */
    return p == NULL && errno == ENOMEM ? 0 : 1;
}

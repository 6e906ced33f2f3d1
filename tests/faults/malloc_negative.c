/* A negative number made unsigned. */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    volatile int length = -1;
    errno = 0;
    void *p = malloc((size_t)length); /* @bad */
    return p == NULL && errno == ENOMEM ? 0 : 1;
}

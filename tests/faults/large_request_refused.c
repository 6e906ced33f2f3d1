/* A request that is merely too large is refused, as any allocator would, and is no mistake. */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    volatile size_t size = (size_t)1 << 50;
    errno = 0;
    void *p = malloc(size);
    return p == NULL && errno == ENOMEM ? 0 : 1;
}

/* posix_memalign answers EINVAL as it should: no finding. */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    void *at = NULL;
    return posix_memalign(&at, 3, 100) == EINVAL && posix_memalign(&at, 4, 100) == EINVAL &&
                   posix_memalign(&at, 0, 100) == EINVAL && at == NULL
               ? 0
               : 1;
}

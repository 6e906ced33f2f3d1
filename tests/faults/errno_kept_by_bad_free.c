/* Even a free that is told as an error keeps errno. */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);
    free(p);
    errno = 77;
    free(p);
    return errno == 77 ? 0 : 1;
}

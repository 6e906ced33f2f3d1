/* free keeps errno, a successful malloc does not touch it, a failed one sets it. */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    volatile size_t huge = (size_t)1 << 50;
    for (int i = 0; i < 20000; i++) {
        errno = 77;
        void *p = malloc((size_t)i * 40 % 400000);
        if (errno != 77) {
            return 1;
        }
        free(p);
        if (errno != 77) {
            return 2;
        }
    }
    free(NULL);
    if (errno != 77) {
        return 3;
    }
    return malloc(huge) == NULL && errno == ENOMEM ? 0 : 4;
}

/* What a call told, neither the sweep tells again nor the release, the next use of the memory, or
 * the end; what is damaged beside it later is told. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile size_t one = 1;

int main(void)
{
    char *called = malloc(24), *kept = malloc(24), *large = malloc(100 * 1000);
    char *gone = malloc(200), *gone_large = malloc(200 * 1000);
    free(gone);
    free(gone_large);
    memset(called, 'x', 24 + one);        /* @call */
    memset(kept, 'x', 24 + one);          /* @kept */
    memset(large, 'x', 100 * 1000 + one); /* @large */
    memset(gone, 'x', 4 + one);           /* @gone */
    memset(gone_large, 'x', 4 + one);     /* @gone_large */
    usleep(300 * 1000);
    called[26] = 'y';
    usleep(300 * 1000);
    free(called);
    free(large);
    return 0;
}

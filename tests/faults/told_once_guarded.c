/* What a call or a guard told of a block that stands at guard pages, no later look tells again: not
 * the sweep, the release, or the end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile size_t one = 1;

int main(void)
{
    char *called = malloc(25), *touched = malloc(32), *large = malloc(100 * 1000 + 1);
    char *gone = malloc(40), *gone_large = malloc(200 * 1000), *kept = malloc(25);
    free(gone);
    free(gone_large);
    memset(called, 'x', 25 + one);            /* @call: in its alignment's canary */
    memset(large, 'x', 100 * 1000 + 1 + one); /* @large */
    memset(gone, 'x', 4 + one);               /* @gone */
    memset(gone_large, 'x', 4 + one);         /* @gone_large */
    memset(kept, 'x', 26 + one);              /* @kept: never released */
    touched[32] = 'y';                        /* @guard */
    touched[40] = 'y';                        /* the page is open */
    gone[20] = 'y';
    usleep(300 * 1000);
    free(called);
    free(touched);
    free(large);
    usleep(100 * 1000);
    _exit(0);
}

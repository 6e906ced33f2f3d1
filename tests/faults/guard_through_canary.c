/* An overrun that comes to a guard through the canary before it is told from its first byte, once;
 * what else a canary has is told by itself, as is what is written to it after a call was told of.
 */
#include <stdlib.h>
#include <string.h>

static char source[64];

int main(void)
{
    volatile int *by_ints = malloc(28); /* 4 bytes of canary, then the guard */
    for (int i = 0; i < 10; i++) {
        by_ints[i] = i; /* @behind */
    }
    free((void *)by_ints);
    volatile char *down = malloc(4000); /* 96 bytes of canary before it */
    for (int i = 10; i > -120; i--) {
        down[i] = 'd'; /* @before */
    }
    free((void *)down);
    volatile char *apart = malloc(4000);
    apart[-9] = 'a';
    apart[-100] = 'b';   /* @apart */
    free((void *)apart); /* @release */
    volatile size_t two = 2;
    volatile char *called = malloc(20);
    memcpy((char *)called, source, 20 + two); /* @call */
    called[25] = 'c';
    free((void *)called); /* @release_called */
    volatile char *large = malloc(100 * 1000 + 2);
    large[100 * 1000 + 2] = 'l';
    large[100 * 1000 + 400] = 'l'; /* @large */
    free((void *)large);
    return 0;
}

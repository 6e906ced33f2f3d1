/* One mistake made many times: shown once, and counted. An opened page stops nobody again, until
 * the block is released. */
#include <stdlib.h>

enum { BLOCKS = 200 };

static volatile char sink;

static void use(volatile char *block)
{
    for (int i = 0; i <= 100; i++) {
        sink = block[16 + i]; /* @read */
    }
}

int main(void)
{
    for (int i = 0; i < BLOCKS; i++) {
        volatile char *block = malloc(16); /* @make */
        use(block);
        free((void *)block); /* @free */
    }
    return 0;
}

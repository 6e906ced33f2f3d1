/* A write jumps over the canary and the next block, into the canary behind that one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static char *blocks[64];

int main(void)
{
    for (int i = 0; i < 64; i++) {
        blocks[i] = malloc(24); /* @alloc */
    }
    ptrdiff_t nearest = PTRDIFF_MAX;
    for (int i = 1; i < 64; i++) {
        ptrdiff_t step = blocks[i] - blocks[0];
        if (step > 0 && step < nearest) {
            nearest = step;
        }
    }
    blocks[0][nearest + 24] = 0;
    return 0;
}

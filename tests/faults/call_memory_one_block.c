/* Source and destination in one block, of which only the second named is left. */
#include <stdlib.h>
#include <string.h>

static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile move)(void *, const void *, size_t) = memmove;
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;

int main(void)
{
    char *block = calloc(1, 40);
    copy(block, block + 32, 8);
    copy(block + 32, block, 8);
    move(block, block + 8, 32);
    copy(block, block + 25, 16);    /* @copy */
    move(block, block + 25, 16);    /* @move */
    compare(block, block + 25, 16); /* @compare */
    free(block);
    return 0;
}

/* Reads just past the end and just before the start, by one byte and by a page: each stopped at the
 * instruction, each of its own block. */
#include <stdlib.h>

enum { PAGE = 4096 };

static volatile char sink;

static void past(void)
{
    volatile char *block = malloc(32); /* @first */
    sink = block[32];                  /* @one_past */
    free((void *)block);
}

static void page_past(void)
{
    volatile char *block = malloc(48);
    sink = block[48 + PAGE - 1]; /* @page_past */
    free((void *)block);
}

static void words(void)
{
    volatile long *block = malloc(2 * sizeof *block);
    volatile short *other = malloc(64);
    long sum = block[2]; /* @word_past */
    sum += other[32];    /* @half_past */
    sink = (char)sum;
    free((void *)block);
    free((void *)other);
}

int main(void)
{
    past();
    page_past();
    words();
    return 0;
}

/* Large blocks have guards in every mode but guard=off: past the end, by a byte and by a page, far
 * before the start, after the release. */
#include <stdlib.h>

enum { PAGE = 4096, SIZE = 100 * 1024, HUGE = 3 * 1024 * 1024 };

static volatile char sink;

int main(void)
{
    volatile char *block = malloc(SIZE), *huge = malloc(HUGE); /* @make */
    sink = block[SIZE];                                        /* @read */
    huge[HUGE + PAGE - 1] = 1;                                 /* @write */
    free((void *)huge);
    free((void *)block);    /* @free */
    sink = block[SIZE / 2]; /* @read_freed */
    huge[PAGE] = 1;         /* @write_freed */
    return 0;
}

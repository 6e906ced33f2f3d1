/* A released block is guarded as a whole: reads and writes of it are stopped, with all three
 * stacks; a write also after a read. */
#include <stdlib.h>

static volatile long sink;

static void *make(void)
{
    return malloc(40); /* @make */
}

static void release(void *block)
{
    free(block); /* @release */
}

int main(void)
{
    volatile long *one = make(), *other = malloc(5000);
    release((void *)one);
    sink = one[2]; /* @read */
    one[3] = 1;    /* @write_after_read */
    one[4] = 1;    /* the page is open now */
    release((void *)other);
    other[600] = 1; /* @write */
    return 0;
}

/* A read at a guard, or of a released block, that was told of does not hide the write that comes
 * after it: guards open for reading only. After the write all is open, and no more is told. */
#include <stdlib.h>

static volatile char sink;

static void beyond(volatile char *block, size_t size)
{
    sink = block[size];     /* @read_past */
    sink = block[size + 1]; /* the page can be read */
    block[size] = 'x';      /* @write_past */
    sink = block[size + 2];
    block[size + 3] = 'y'; /* and now written */
}

static void late(volatile char *block)
{
    sink = block[8];  /* @read_freed */
    sink = block[16]; /* the block can be read */
    block[9] = 'x';   /* @write_freed */
    sink = block[8];
    block[10] = 'y'; /* and now written */
}

static void both(size_t size)
{
    char *block = malloc(size);
    beyond(block, size);
    free(block);
    late(block);
}

int main(void)
{
    both(48);
    both(64 * 1024);                    /* in a run of its own */
    both(1024 * 1024);                  /* whose pages another system call closes */
    for (size_t i = 0; i < 2000; i++) { /* what is taken again is whole */
        char *again = calloc(1, i % 3 == 0 ? 48 : i % 3 == 1 ? 64 * 1024 : 1024 * 1024);
        again[0] = again[47] = (char)(1 + again[0] + again[47]);
        free(again);
    }
    return 0;
}

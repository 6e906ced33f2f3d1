/* Functions of the C library whose arguments are not checked come upon guards: each is named, and
 * the stack begins at its caller. What they read by whole vectors, from before the block on, counts
 * as of the block. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

static volatile size_t sink;
static char room[64];

static char *released(size_t size)
{
    char *block = malloc(size);
    memset(block, 'a', size - 1);
    block[size - 1] = '\0';
    free(block); /* @free */
    return block;
}

int main(void)
{
    volatile size_t size = 5;
    sink = strlen(released(size));                     /* @strlen */
    strcpy(room, released(size));                      /* @strcpy */
    sink = (size_t)memrchr(released(size), 'b', size); /* @memrchr */
    memcpy(room, released(size), size);                /* @memcpy */
    memset(released(size), 'b', size);                 /* @memset */
    char *live = malloc(16);
    memset(live, 'a', size + 11);
    sink = strlen(live); /* @past */
    return 0;
}

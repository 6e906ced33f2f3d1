/* What a read at a guard was told of does not hide the write that damages the canary before it; and
 * a call that was told to go there is stopped no more, not even by the kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile char sink;

int main(void)
{
    volatile char *block = malloc(24); /* 8 bytes of canary, then the guard */
    sink = block[32];                  /* @read */
    block[25] = 'x';
    free((void *)block); /* @free */
    int ends[2];
    char *buffer = malloc(32), text[40];
    memset(text, 't', sizeof text);
    if (pipe(ends) != 0 || write(ends[1], text, sizeof text) != sizeof text) {
        return 1;
    }
    volatile size_t bytes = 33;
    printf("%zd\n", read(ends[0], buffer, bytes)); /* @call */
    free(buffer);
    return 0;
}

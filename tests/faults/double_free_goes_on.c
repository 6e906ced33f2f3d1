/* After a double free the heap is sane: no two live blocks share memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 5000 };

static char *blocks[MANY];

int main(void)
{
    char *p = malloc(24);
    free(p);
    free(p);
    for (int i = 0; i < MANY; i++) {
        blocks[i] = malloc(24);
        memset(blocks[i], i & 0x7f, 24);
    }
    for (int i = 0; i < MANY; i++) {
        if (blocks[i][0] != (i & 0x7f) || blocks[i][23] != (i & 0x7f)) {
            return 1;
        }
        free(blocks[i]);
    }
    puts("sane");
    return 0;
}

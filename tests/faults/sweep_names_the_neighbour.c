/* Nobody ever releases the damaged block. What happened beside it between two looks does: its left
 * neighbour was freed after a write that jumped over that one's own canary. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *blocks[8];
    for (int i = 0; i < 8; i++) {
        blocks[i] = malloc(24); /* @alloc */
    }
    usleep(300 * 1000);
    blocks[3][32 + 25] = 'x';
    free(blocks[3]); /* @free */
    usleep(600 * 1000);
    _exit(0);
}

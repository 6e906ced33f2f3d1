/* What happened beside a damaged block is told once for all that was alike: six were allocated in a
 * loop, one was freed. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *blocks[7];
    for (int i = 0; i < 7; i++) {
        blocks[i] = malloc(40); /* @alloc */
    }
    free(blocks[6]); /* @free */
    blocks[3][40] = 'x';
    usleep(1500 * 1000);
    _exit(0);
}

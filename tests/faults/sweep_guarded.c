/* What a block's alignment leaves before the guard is seen by the sweep, with the moments and with
 * what happened in the slots beside it, each behind a guard of its own. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *blocks[8];
    for (int i = 0; i < 8; i++) {
        blocks[i] = malloc(25); /* @alloc */
    }
    usleep(300 * 1000);
    blocks[3][26] = 'x';
    free(blocks[2]); /* @free */
    usleep(600 * 1000);
    _exit(0);
}

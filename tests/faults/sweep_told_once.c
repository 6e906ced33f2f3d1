/* What a sweep told, neither the release of the block, nor that of its neighbour, nor the end of
 * the program tells once more; a freed block's likewise. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *blocks[3];
    for (int i = 0; i < 3; i++) {
        blocks[i] = malloc(40);
    }
    char *large = malloc(100 * 1000), *gone = malloc(200);
    char *gone_large = malloc(300 * 1000);
    free(gone);
    free(gone_large);
    blocks[1][40] = 'x';
    large[100 * 1000] = 'y';
    gone[7] = 'z';
    gone_large[5000] = 'z';
    usleep(1500 * 1000);
    for (int i = 0; i < 3; i++) {
        free(blocks[i]);
    }
    free(large);
    return 0;
}

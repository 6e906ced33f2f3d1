/* A write to a freed block is found when its memory is to be used again. */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(100);
    free(block);
    block[10] = 'x';
    for (int i = 0; i < 200 * 1000; i++) {
        free(malloc(100));
    }
    return 0;
}

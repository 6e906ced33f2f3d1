/* One line names block, offset and the call that found it; then the process ends. */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(24);
    for (int i = 24; i < 27; i++) {
        block[i] = 'x';
    }
    free(block);
    return 0;
}

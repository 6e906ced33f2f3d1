/* Found by the release of the block behind the damage. */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(40);
    block[-2] = 'x';
    block = realloc(block, 5000);
    free(block);
    return 0;
}

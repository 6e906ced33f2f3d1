/* Also of a block that was resized in between. */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(10);
    block = realloc(block, 20000);
    free(block);
    free(block);
    return 0;
}

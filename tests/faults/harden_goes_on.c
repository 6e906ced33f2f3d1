/* With halt=off each error is told in its line, and the program goes on. */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(24);
    block[24] = 'x';
    free(block);
    free(block);
    return 0;
}

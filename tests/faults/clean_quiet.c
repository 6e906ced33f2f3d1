/* Nothing wrong and quiet=on: no line. */
#include <stdlib.h>

int main(void)
{
    free(malloc(24));
    return 0;
}

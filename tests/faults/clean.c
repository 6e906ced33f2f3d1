/* Nothing wrong: one line, status 0. */
#include <stdlib.h>

int main(void)
{
    free(malloc(24));
    return 0;
}

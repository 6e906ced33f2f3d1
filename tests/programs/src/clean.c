/* Nothing wrong. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    free(malloc(24));
    puts("done");
    return 0;
}

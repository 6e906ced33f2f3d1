/* A stray write hits what is kept of a block. */
#include <string.h>

#include "../keys/keyed.h"

__attribute__((noinline)) static void hit(volatile char *at)
{
    at[12] = 0; /* @hit */
}

int main(void)
{
    char *block = malloc(12345); /* @alloc */
    memset(block, 1, 12345);
    hit(record_of_size(12345));
    puts("not stopped");
    free(block);
    return 0;
}

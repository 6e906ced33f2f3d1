/* Writes one byte too many, where no other allocator minds; its own options may come from a
 * function in it. */
#include <stdio.h>
#include <stdlib.h>

#ifdef OWN_OPTIONS
const char *coalmine_default_options(void);

const char *coalmine_default_options(void)
{
    return OWN_OPTIONS;
}
#endif

int main(void)
{
    volatile char *p = malloc(22);
    p[22] = 0;
    free((void *)p);
    puts("done");
    return 0;
}

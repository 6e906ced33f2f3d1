/* halt=on: the call does not happen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25;

int main(void)
{
    char *p = malloc(24); /* @alloc */
    p[0] = 'a';
    memset(p, 'x', n25); /* @call */
    puts("went on");
    free(p);
    return 0;
}

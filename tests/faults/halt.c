/* halt=on: the first error is the last. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24); /* @alloc */
    free(p);              /* @first */
    free(p);              /* @second */
    puts("went on");
    return 0;
}

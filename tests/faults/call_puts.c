/* Strings without a terminator, given to puts and fputs; more bytes than there are, to fwrite. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    FILE *nowhere = fopen("/dev/null", "w");
    char *p = malloc(8); /* @alloc */
    memset(p, 'x', 8);
    fputs(p, nowhere);              /* @first */
    fwrite(p, 4, 3, nowhere);       /* @second */
    fwrite_unlocked(p, 1, 8, nowhere);
    free(p);                        /* @free */
    fputs_unlocked(p, nowhere);     /* @third */
    fclose(nowhere);
    return 0;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int answer(void);
extern char *block;

int main(void)
{
    printf("%d %d\n", answer(), block && block[23] == 'x');
    volatile size_t length = strlen(block); /* which has no end */
    free(block);
    return 0;
}

/* A format that is none: the first to read it, and to crash, is the look at the arguments. */
#include <stdio.h>

int main(void)
{
    char to[64];
    const char *volatile nowhere = (const char *)16;
    snprintf(to, sizeof to, nowhere, 1); /* @call */
    return 0;
}

/* A pointer to nowhere among the arguments: the C library's own function crashes, called by main()
 * as if nothing stood between. */
#include <stdio.h>

int main(void)
{
    char to[64];
    const char *volatile nowhere = (const char *)16;
    snprintf(to, sizeof to, "%d%s", 1, nowhere); /* @call */
    return 0;
}

/* A program that fails by itself keeps its own status. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);
    free(p);
    free(p);
    return 3;
}

/* A string literal. */
#include <stdlib.h>

int main(void)
{
    free((void *)"a literal"); /* @bad */
    return 0;
}

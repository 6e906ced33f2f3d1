/* A pointer into the middle of a block holds it. */
#include <stdlib.h>

#include "forget.h"

static char *volatile middle;

int main(void)
{
    middle = (char *)malloc(48) + 24;
    forget();
    return 0;
}

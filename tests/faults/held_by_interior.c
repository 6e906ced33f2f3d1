/* Only a pointer into the middle of the block is left: it may be one by chance. */
#include <stdlib.h>

#include "forget.h"

static char *volatile middle;

int main(void)
{
    middle = (char *)malloc(48) + 24;
    forget();
    return 0;
}

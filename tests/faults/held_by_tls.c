/* Thread-local storage holds it. */
#include <stdlib.h>

#include "forget.h"

static __thread void *volatile kept;

int main(void)
{
    kept = malloc(48);
    forget();
    return 0;
}

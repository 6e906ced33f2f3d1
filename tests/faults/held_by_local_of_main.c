/* main calls exit: its frame is alive, and so is what it points to. */
#include <stdlib.h>

#include "forget.h"

int main(void)
{
    void *volatile kept = malloc(48);
    forget();
    exit(kept == NULL);
}

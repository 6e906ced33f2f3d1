/* Freed by an exit handler and by a destructor: no leak. */
#include <stdlib.h>

#include "forget.h"

static void *first;
static void *second;

static void at_exit(void)
{
    free(first);
    first = NULL;
}

__attribute__((destructor)) static void destroy(void)
{
    free(second);
    second = NULL;
}

int main(void)
{
    first = malloc(48);
    second = malloc(48);
    return atexit(at_exit);
}

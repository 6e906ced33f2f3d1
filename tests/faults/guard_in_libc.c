/* A function of the C library is handed a block that it runs over, or one that was released: the
 * stack begins at the program's call. (Both are among those whose arguments are not checked.) */
#define _GNU_SOURCE
#include <argz.h>
#include <stdlib.h>
#include <string.h>

static volatile size_t sink;

int main(void)
{
    char *block = calloc(32, 1);
    memfrob(block, 33); /* @write */
    free(block);
    sink = argz_count(block, 32); /* @read */
    return 0;
}

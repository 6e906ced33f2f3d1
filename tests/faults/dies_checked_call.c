/* A null pointer given to a checked function together with a block: the stack is the program's, and
 * of ours it has one line with the name that was called. */
#include <stdlib.h>
#include <string.h>

static int (*volatile compare)(const char *, const char *) = strcmp;

__attribute__((noinline)) static int differs(const char *a, const char *b)
{
    int result = compare(a, b); /* @call */
    return result + 1;
}

int main(void)
{
    char *block = malloc(40);
    strcpy(block, "fourteen bytes");
    int result = differs(NULL, block);
    free(block);
    return result;
}

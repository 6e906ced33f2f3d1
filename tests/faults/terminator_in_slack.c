/* A string's terminator lands in the bytes that rounding adds: no other block is hurt. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *word = "thirteen char";
    char *copy = malloc(strlen(word)); /* @alloc */
    strcpy(copy, word);
    free(copy); /* @free */
    return 0;
}

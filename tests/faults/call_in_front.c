/* Calls that begin in the canary between two blocks, and read or write little there: the nearer
 * block is meant; right behind the one in front, that one. */
#include <stdlib.h>
#include <string.h>

static volatile size_t one = 1;
static volatile size_t sink;

int main(void)
{
    char *left = malloc(20), *right = malloc(20); /* @alloc */
    memset(left, 'l', 20);
    strcpy(right, "right");
    sink = strlen(right - 1);        /* @text */
    memset(right - 3, 'x', one);     /* @byte */
    memset(left + 20, 'x', one);     /* @behind */
    memset(left + 22, 'x', 2 * one); /* @near */
    free(left);
    memset(right - 4, 'x', one); /* @beside_freed */
    free(right);
    return 0;
}

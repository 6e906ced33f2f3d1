/* What glibc does with sizes of zero. */
#include <stdlib.h>

int main(void)
{
    void *a = malloc(0);
    void *b = malloc(0);
    void *c = calloc(0, 8);
    void *d = realloc(NULL, 0);
    int distinct = a != NULL && b != NULL && c != NULL && d != NULL && a != b && c != d;
    free(b);
    free(c);
    free(d);
    free(NULL);
    void *e = malloc(10);
    return distinct && realloc(a, 0) == NULL && realloc(e, 0) == NULL ? 0 : 1;
}

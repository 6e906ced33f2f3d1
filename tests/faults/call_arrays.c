/* qsort and bsearch over more elements than there are. */
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int main(void)
{
    int *numbers = malloc(4 * sizeof *numbers); /* @alloc */
    for (int i = 0; i < 4; i++) {
        numbers[i] = 4 - i;
    }
    int wanted = 1;
    qsort(numbers, 4, sizeof *numbers, compare);
    void *(*volatile find)(const void *, const void *, size_t, size_t,
                           int (*)(const void *, const void *)) = bsearch; /* never inlined */
    printf("%td", (int *)find(&wanted, numbers, 4, sizeof *numbers, compare) - numbers);
    find(&wanted, numbers, 6, sizeof *numbers, compare); /* @first */
    free(numbers); /* @free */
    qsort(numbers, 2, sizeof *numbers, compare); /* @second */
    return 0;
}

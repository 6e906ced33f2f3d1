/* The classic: an index equal to the length. */
#include <stdlib.h>

int main(void)
{
    int *numbers = malloc(10 * sizeof *numbers); /* @alloc */
    for (int i = 0; i <= 10; i++) {
        numbers[i] = 0;
    }
    free(numbers); /* @free */
    return 0;
}

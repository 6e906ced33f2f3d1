/* %n into a block that is too small for the count, or freed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    short *small = malloc(sizeof *small); /* @alloc */
    long *gone = malloc(sizeof *gone); /* @gone */
    free(gone); /* @free */
    char text[32];
    snprintf(text, sizeof text, "%d%hn%n", 12345, small, (int *)small); /* @first */
    printf("%d ", *small);
    snprintf(text, sizeof text, "abc%hhn", (signed char *)gone); /* @second */
    free(small);
    return 0;
}

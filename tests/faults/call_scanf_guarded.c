/* A string that scanf stores over a guard page: stopped at the first byte, and told once. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *word = malloc(8); /* @alloc */
    printf("%d", sscanf("eight and more", "%s %s", word, word + 6)); /* @scan */
    free(word);
    return 0;
}

/* Where scanf puts what it read: numbers that are wider than their block, strings longer. */
#include <stdio.h>
#include <stdlib.h>

int __isoc99_sscanf(const char *input, const char *format, ...);

int main(void)
{
    int *number = malloc(sizeof *number); /* @number */
    char *word = malloc(4);               /* @word */
    printf("%d ", sscanf("12 abc", "%d %99s", number, word));
    printf("%d ", sscanf("12", "%ld", (long *)number)); /* @first */
    free(number);
    printf("%d ", sscanf("abcdefg", "%s", word));      /* @second */
    printf("%d ", __isoc99_sscanf("key=a", "%*[^=]=%5c", word)); /* @third */
    char *text = NULL;
    printf("%d ", sscanf("abcdefg", "%ms", &text));
    free(text);
    free(word); /* @free */
    sscanf("x", "%c", word); /* @fourth */
    return 0;
}

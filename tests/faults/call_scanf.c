/* The same from a stream, and by wide scanf. */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
    FILE *file = tmpfile();
    fputs("word another", file);
    rewind(file);
    char *word = malloc(5); /* @word */
    printf("%d ", fscanf(file, "%s", word));
    printf("%d ", fscanf(file, "%s", word)); /* @first */
    fclose(file);
    free(word);
    wchar_t *wide = malloc(4 * sizeof *wide); /* @wide */
    printf("%d ", swscanf(L"four fourth", L"%4ls%n", wide, (int *)wide)); /* @second */
    printf("%d ", swscanf(L"abc", L"%ls", wide));
    free(wide);
    return 0;
}

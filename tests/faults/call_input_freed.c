/* Input of any length that goes to freed blocks, or to the bytes in front of one: told before it
 * comes, and not again at exit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int main(void)
{
    FILE *file = tmpfile();
    fputs("a line of twenty-five\n", file);
    rewind(file);
    char *line = malloc(100), *word = malloc(100), *p = malloc(24);
    wchar_t *wide = malloc(400);
    size_t size = 100;
    free(line);
    free(word);
    free(wide);
    getline(&line, &size, file);            /* @line */
    sscanf("alphabetical", "%s", word);     /* @word */
    swscanf(L"alphabetical", L"%ls", wide); /* @wide */
    sscanf("abcdefgh", "%s", p - 3);        /* @front */
    free(p);
    fclose(file);
    return 0;
}

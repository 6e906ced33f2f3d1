/* Appending to what is no string in a live block is one finding, though it is read and written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static const char *volatile more = "yz"; /* compilers take calls with literals apart */

int main(void)
{
    char *open = malloc(24), *freed = malloc(24);
    wchar_t *wide = malloc(24);
    memset(open, 'x', 24);
    strcpy(freed, "freed");
    wmemset(wide, L'x', 6);
    strcat(open, more); /* @open */
    printf("%d", open[24] != 0);
    free(open);
    wcscat(wide, L"yz"); /* @wide */
    free(wide);
    free(freed);
    strncat(freed, more, 2); /* @freed */
    return 0;
}

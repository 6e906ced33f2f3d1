/* No format at all is for the C library to refuse, not to be looked at. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
    char *to = malloc(10);
    wchar_t wide[10];
    const char *volatile none = NULL;
    const wchar_t *volatile no_wide = NULL;
    int results[] = {snprintf(to, 10, none, 1), sprintf(to, none, 1), fprintf(stdout, none, 1),
                     swprintf(wide, 10, no_wide, 1)};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        printf("%d ", results[i]);
    }
    free(to);
    return 0;
}

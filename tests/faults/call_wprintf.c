/* Wide characters: arguments of %ls and %s, and the room that swprintf is given. */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
    wchar_t *p = malloc(4 * sizeof *p); /* @alloc */
    wmemset(p, L'w', 4);
    wchar_t text[32];
    swprintf(text, 32, L"%.4ls %d", p, 4);
    swprintf(text, 32, L"%d %ls", 5, p); /* @first */
    char narrow[32];
    snprintf(narrow, sizeof narrow, "%.4ls", p);
    snprintf(narrow, sizeof narrow, "%.5ls", p); /* @second */
    printf("%d ", swprintf(p, 100, L"%d", 123));
    printf("%d ", swprintf(p, 100, L"%d", 123456)); /* @third */
    char *bytes = malloc(3); /* @bytes */
    bytes[0] = bytes[1] = bytes[2] = 'b';
    swprintf(text, 32, L"%.3s", bytes);
    swprintf(text, 32, L"%s", bytes); /* @fourth */
    free(bytes);
    free(p);
    return 0;
}

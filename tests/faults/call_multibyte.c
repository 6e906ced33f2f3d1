/* Conversions between bytes and wide characters that leave a block, or read what was freed. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

static wchar_t room[64];

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    wchar_t *wide = malloc(4 * sizeof *wide);
    char *bytes = malloc(7);
    mbstate_t state = {0}, other = {0};
    const char *from = bytes;
    memcpy(bytes, "\xe2\x82\xac\xe2\x82\xac.", 7);
    wmemcpy(wide, L"\u20ac\u20ac\u20ac.", 4);
    printf("%zu ", mbstowcs(room, bytes, 3));    /* in order: three characters, no end */
    wcstombs((char *)room, wide, 100);           /* @wide_open */
    mbsnrtowcs(room, &from, 8, 9, &state);       /* @counted */
    printf("%zu ", mbstowcs(wide, "abcd", 100)); /* @wide_to */
    printf("%zu ", wcstombs(bytes, L"\u20ac\u20ac\u20ac", 100)); /* @bytes_to */
    wctomb(bytes + 5, L'\u20ac');                                /* @character */
    time_t now = 0;
    wcsftime(wide, 100, L"%Y", gmtime(&now)); /* @date */
    free(wide);
    wcrtomb((char *)wide, L'\u20ac', &other); /* @freed */
    free(bytes);
    return 0;
}

/* iconv: input that goes on behind its block, or lies in a freed one; and input that is said to be
 * longer than its block, but ends with an error before. */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t convert(char *from, size_t bytes)
{
    char out[100], *to = out;
    size_t room = sizeof out;
    iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
    size_t result = iconv(converter, &from, &bytes, &to, &room); /* @convert */
    iconv_close(converter);
    return result == (size_t)-1 ? sizeof out - room : 1000;
}

int main(void)
{
    char *text = malloc(10);
    memcpy(text, "abcdefghi\xc3", 10);
    printf("%zu ", convert(text, 9) / 1000);
    convert(text, 11); /* @beyond */
    text[4] = '\xff';
    printf("%zu", convert(text, 100));
    free(text);
    convert(text, 9); /* @freed */
    return 0;
}

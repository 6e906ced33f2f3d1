/* Searches in wide strings. */
#include "interpose/libc/wide.h"

static const wchar_t *find_wide(const wchar_t *text, size_t length, const wchar_t *what,
                                size_t count)
{
    while (length >= count) {
        const wchar_t *found = libc_wmemchr(text, *what, length - count + 1);
        if (!found || libc_wmemcmp(found, what, count) == 0) {
            return found;
        }
        length -= (size_t)(found + 1 - text);
        text = found + 1;
    }
    return NULL;
}

#define FIND_IN_TEXT(text, length, what, count) find_wide(text, length, what, count)
#include "interpose/libc/text_search.inc"

SECOND_NAME(wcswcs, wcsstr);

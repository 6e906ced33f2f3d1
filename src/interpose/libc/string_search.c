/* Searches in strings. */
#include "interpose/libc/narrow.h"

#define FIND_IN_TEXT(text, length, what, count) libc_memmem(text, length, what, count)
#include "interpose/libc/text_search.inc"

/* There is no such function that would stop at a block's end, so the end is looked for first. */
EXPORTED char *strcasestr(const char *text, const char *what)
{
    if (call_concerns(text) || call_concerns(what)) {
        struct call call = CALL(strcasestr);
        (void)call_reads_string(&call, what);
        if (UNLIKELY(call_open_string(&call, text) != SIZE_MAX)) {
            (void)call_reads_string(&call, text);
        }
    }
    return libc_strcasestr(text, what);
}

SECOND_NAME(index, strchr);
SECOND_NAME(rindex, strrchr);
SECOND_NAME(__strcasestr, strcasestr);

/* Lengths of strings. */
#include "interpose/libc/string_ends.h"

static CONTINUATION size_t judged_strlen(const char *text)
{
    struct call call = CALL(strlen);
    return call_reads_string(&call, text);
}

EXPORTED size_t strlen(const char *text)
{
    struct bounds bounds;
    if (!call_concerns(text)) {
        return libc_strlen(text);
    }
    if (LIKELY(call_bounds_near(text, &bounds)) && LIKELY(bounds.room > 0)) {
        unsigned length = string_first_length(text);
        if (length < STRING_PART && LIKELY(length < bounds.room)) {
            return length;
        }
        if (string_ends_last(text, bounds.room)) {
            return libc_strlen(text);
        }
    }
    return judged_strlen(text);
}

static CONTINUATION size_t judged_strnlen(const char *text, size_t most)
{
    struct call call = CALL(strnlen);
    return call_reads_string_within(&call, text, most);
}

EXPORTED size_t strnlen(const char *text, size_t most)
{
    if (LIKELY(call_is_plain(text, most))) {
        return libc_strnlen(text, most);
    }
    return judged_strnlen(text, most);
}

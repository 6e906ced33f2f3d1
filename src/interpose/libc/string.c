/* Lengths of strings. */
#include "interpose/libc/check.h"

static CONTINUATION size_t judged_strlen(const char *text)
{
    struct call call = CALL(strlen);
    size_t room = call_room_near(text);
    if (LIKELY(room > 0)) {
        size_t length = libc_strnlen(text, room);
        if (LIKELY(length < room)) {
            return length;
        }
    }
    return call_reads_string(&call, text);
}

EXPORTED size_t strlen(const char *text)
{
    if (!call_concerns(text)) {
        return libc_strlen(text);
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

/* Lengths of strings. */
#include "interpose/libc/check.h"

EXPORTED size_t strlen(const char *text)
{
    if (call_concerns(text)) {
        struct call call = CALL(strlen);
        return call_reads_string(&call, text);
    }
    return libc_strlen(text);
}

EXPORTED size_t strnlen(const char *text, size_t most)
{
    if (call_concerns(text)) {
        struct call call = CALL(strnlen);
        return call_reads_string_within(&call, text, most);
    }
    return libc_strnlen(text, most);
}

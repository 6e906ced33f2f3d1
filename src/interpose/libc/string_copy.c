/* Copies of strings. */
#include "interpose/libc/detour.h"
#include "interpose/libc/let_through.h"
#include "interpose/libc/narrow.h"

#include "interpose/libc/text_copy.inc"
#include "interpose/libc/text_copy_chk.inc"

EXPORTED char *strndup(const char *text, size_t most)
{
    if (call_concerns(text)) {
        struct call call = CALL(strndup);
        (void)call_reads_string_within(&call, text, most);
    }
    return libc_strndup(text, most);
}

SECOND_NAME(__stpcpy, stpcpy);
SECOND_NAME(__stpncpy, stpncpy);
SECOND_NAME(__strdup, strdup);
SECOND_NAME(__strndup, strndup);

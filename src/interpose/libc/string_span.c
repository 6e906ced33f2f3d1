/* Spans and tokens of strings. */
#include "interpose/libc/narrow.h"

#include "interpose/libc/text_span.inc"

EXPORTED char *strtok_r(char *text, const char *separators, char **rest)
{
    if (call_concerns(text ? text : *rest) || call_concerns(separators) || call_concerns(rest)) {
        struct call call = CALL(strtok_r);
        reads_token(&call, text, separators, rest);
    }
    return libc_strtok_r(text, separators, rest);
}

/* With a rest of its own: the C library's cannot be seen. Nobody else uses that one. */
EXPORTED char *strtok(char *text, const char *separators)
{
    static char *rest;
    if (call_concerns(text ? text : rest) || call_concerns(separators)) {
        struct call call = CALL(strtok);
        reads_token(&call, text, separators, &rest);
    }
    return libc_strtok_r(text, separators, &rest);
}

EXPORTED char *strsep(char **text, const char *separators)
{
    if (call_concerns(text) || call_concerns(separators) || call_concerns(*text)) {
        struct call call = CALL(strsep);
        call_writes(&call, text, sizeof *text);
        size_t length;
        if (*text) {
            (void)span_is_known(&call, *text, separators, false, &length);
        }
    }
    return libc_strsep(text, separators);
}

SECOND_NAME(__strtok_r, strtok_r);
SECOND_NAME(__strsep_g, strsep);

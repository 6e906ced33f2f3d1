/* Spans and tokens of wide strings. */
#include "interpose/libc/wide.h"

#include "interpose/libc/text_span.inc"

EXPORTED wchar_t *wcstok(wchar_t *text, const wchar_t *separators, wchar_t **rest)
{
    if (call_concerns(text ? text : *rest) || call_concerns(separators) || call_concerns(rest)) {
        struct call call = CALL(wcstok);
        reads_token(&call, text, separators, rest);
    }
    return libc_wcstok(text, separators, rest);
}

/* Numbers from strings. */
#include <errno.h>

#include "interpose/libc/narrow.h"

#include "interpose/libc/text_number.inc"

NUMBERS(str)

/* The C standard's own words: as strtol() and strtod() with no end asked for. */
#define PLAIN_NUMBER(type, name, convert) \
    EXPORTED type own_##name(const char *text) __asm__(#name); \
    type own_##name(const char *text) \
    { \
        if (call_concerns(text)) { \
            struct call call = CALL(name); \
            reads_number(&call, text, NULL, convert, 10); \
        } \
        return libc_##name(text); \
    }

PLAIN_NUMBER(int, atoi, to_integer)
PLAIN_NUMBER(long, atol, to_integer)
PLAIN_NUMBER(long long, atoll, to_integer)
PLAIN_NUMBER(double, atof, to_floating)

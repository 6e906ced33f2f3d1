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

SECOND_NAME(__strtol_l, strtol_l);
SECOND_NAME(__strtoll_l, strtoll_l);
SECOND_NAME(__strtoul_l, strtoul_l);
SECOND_NAME(__strtoull_l, strtoull_l);
SECOND_NAME(__strtod_l, strtod_l);
SECOND_NAME(__strtof_l, strtof_l);
SECOND_NAME(__strtold_l, strtold_l);
SECOND_NAME(strtof32, strtof);
SECOND_NAME(strtof32_l, strtof_l);
SECOND_NAME(strtof64, strtod);
SECOND_NAME(strtof64_l, strtod_l);
SECOND_NAME(strtof32x, strtod);
SECOND_NAME(strtof32x_l, strtod_l);
SECOND_NAME(strtof64x, strtold);
SECOND_NAME(strtof64x_l, strtold_l);

/* Dates: as numbers, as structures, as text. */
#include <time.h>

#include "interpose/libc/stream.h"
#include "interpose/libc/text_units.h"

#define BROKEN_DOWN_TO(name) \
    EXPORTED struct tm *name(const time_t *restrict time, struct tm *restrict out) \
    { \
        struct call call = CALL(name); \
        call_reads(&call, time, sizeof *time); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(time, out); \
    }
BROKEN_DOWN_TO(localtime_r)
BROKEN_DOWN_TO(gmtime_r)

#define BROKEN_DOWN(name) \
    EXPORTED struct tm *name(const time_t *time) \
    { \
        struct call call = CALL(name); \
        call_reads(&call, time, sizeof *time); \
        return libc_##name(time); \
    }
BROKEN_DOWN(localtime)
BROKEN_DOWN(gmtime)

#define PUT_TOGETHER(name) \
    EXPORTED time_t name(struct tm *date) \
    { \
        struct call call = CALL(name); \
        call_writes(&call, date, sizeof *date); \
        return libc_##name(date); \
    }
PUT_TOGETHER(mktime)
PUT_TOGETHER(timegm)

/* In parentheses, each with a comma before: what comes behind the date, and its name. */
#define PRINT_DATE(name, character, judge_text, given, passed) \
    EXPORTED size_t name(character *restrict to, size_t most, const character *restrict format, \
                         const struct tm *restrict date UNPACK given) \
    { \
        struct call call = CALL(name); \
        judge_text(&call, format); \
        call_reads(&call, date, sizeof *date); \
        DETOUR detour = detour_begin(&call, to, bytes_of(most, sizeof *to)); \
        size_t length = libc_##name((character *)detour.at, most, format, date UNPACK passed); \
        detour_end(&detour, length > 0 ? (length + 1) * sizeof *to : 0); \
        return length; \
    }
PRINT_DATE(strftime, char, text_judge, (), ())
PRINT_DATE(strftime_l, char, text_judge, (, locale_t locale), (, locale))
PRINT_DATE(wcsftime, wchar_t, wide_text_judge, (), ())
PRINT_DATE(wcsftime_l, wchar_t, wide_text_judge, (, locale_t locale), (, locale))

EXPORTED char *strptime(const char *restrict text, const char *restrict format,
                        struct tm *restrict date)
{
    struct call call = CALL(strptime);
    text_judge(&call, text);
    text_judge(&call, format);
    call_writes(&call, date, sizeof *date);
    return libc_strptime(text, format, date);
}

enum { DATE_TEXT_BYTES = 26 }; /* "Thu Jan  1 00:00:00 1970\n" and the terminator */

/* A year of more than four digits makes it longer. */
EXPORTED char *asctime_r(const struct tm *restrict date, char *restrict to)
{
    struct call call = CALL(asctime_r);
    call_reads(&call, date, sizeof *date);
    call_writes(&call, to, DATE_TEXT_BYTES);
    return libc_asctime_r(date, to);
}

EXPORTED char *ctime_r(const time_t *restrict time, char *restrict to)
{
    struct call call = CALL(ctime_r);
    call_reads(&call, time, sizeof *time);
    call_writes(&call, to, DATE_TEXT_BYTES);
    return libc_ctime_r(time, to);
}

SECOND_NAME(__gmtime_r, gmtime_r);
SECOND_NAME(timelocal, mktime);
SECOND_NAME(__strftime_l, strftime_l);
SECOND_NAME(__wcsftime_l, wcsftime_l);

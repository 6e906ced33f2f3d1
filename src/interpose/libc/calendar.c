/* Dates: as numbers, as structures, as text. */
#include <time.h>

#include "interpose/libc/stream.h"

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

EXPORTED size_t strftime(char *restrict to, size_t most, const char *restrict format,
                         const struct tm *restrict date)
{
    struct call call = CALL(strftime);
    text_judge(&call, format);
    call_reads(&call, date, sizeof *date);
    DETOUR detour = detour_begin(&call, to, most);
    size_t length = libc_strftime(detour.at, most, format, date);
    detour_end(&detour, length > 0 ? length + 1 : 0);
    return length;
}

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

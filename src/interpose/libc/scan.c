/* The scanf family: from strings, streams and standard input, narrow and wide, as a list or not;
 * each as before C99, as since then, and as since C23. */
#include <stdio.h>

#include "interpose/libc/scan_arguments.h"
#include "interpose/libc/stream.h"

typedef int text_scanner(const char *, const char *, va_list);
typedef int wide_text_scanner(const wchar_t *, const wchar_t *, va_list);
typedef int file_scanner(FILE *, const char *, va_list);
typedef int wide_file_scanner(FILE *, const wchar_t *, va_list);
typedef int input_scanner(const char *, va_list);
typedef int wide_input_scanner(const wchar_t *, va_list);

/* In a function that has `scan` and `arguments`. */
#define SCAN_BY(...) \
    va_list copy; \
    va_copy(copy, arguments); \
    scan_judge_before(scan, arguments); \
    int assigned = __VA_ARGS__; \
    scan_judge_after(scan, copy, assigned); \
    va_end(copy); \
    return assigned

static int from_text(const struct scan *scan, const char *text, text_scanner *real,
                     va_list arguments)
{
    text_judge(scan->call, text);
    SCAN_BY(real(text, scan->format, arguments));
}

static int from_wide_text(const struct scan *scan, const wchar_t *text, wide_text_scanner *real,
                          va_list arguments)
{
    wide_text_judge(scan->call, text);
    SCAN_BY(real(text, scan->format, arguments));
}

static int from_file(const struct scan *scan, FILE *file, file_scanner *real, va_list arguments)
{
    stream_judge(scan->call, file);
    SCAN_BY(real(file, scan->format, arguments));
}

static int from_wide_file(const struct scan *scan, FILE *file, wide_file_scanner *real,
                          va_list arguments)
{
    stream_judge(scan->call, file);
    SCAN_BY(real(file, scan->format, arguments));
}

static int from_input(const struct scan *scan, input_scanner *real, va_list arguments)
{
    SCAN_BY(real(scan->format, arguments));
}

static int from_wide_input(const struct scan *scan, wide_input_scanner *real, va_list arguments)
{
    SCAN_BY(real(scan->format, arguments));
}

#define SCAN(function, is_wide, is_old) \
    struct call call = CALL(function); \
    struct scan scan = {.call = &call, .format = format, .wide = (is_wide), .old_a = (is_old)}

#define WITH_ARGUMENTS(...) \
    va_list arguments; \
    va_start(arguments, format); \
    int assigned = __VA_ARGS__; \
    va_end(arguments); \
    return assigned

/* Both forms of a function. They get the symbol's name by an assembler's label, since <stdio.h>
 * redirects the plain names to the __isoc99_ ones. */
#define SCANNERS(worker, type, character, is_wide, is_old, name, list_name) \
    EXPORTED int our_##list_name(type source, const character *format, \
                                 va_list arguments) __asm__(#list_name); \
    EXPORTED int our_##name(type source, const character *format, ...) __asm__(#name); \
    int our_##list_name(type source, const character *format, va_list arguments) \
    { \
        SCAN(list_name, is_wide, is_old); \
        return worker(&scan, source, libc_##list_name, arguments); \
    } \
    int our_##name(type source, const character *format, ...) \
    { \
        SCAN(name, is_wide, is_old); \
        WITH_ARGUMENTS(worker(&scan, source, libc_##list_name, arguments)); \
    }

#define INPUT_SCANNERS(worker, character, is_wide, is_old, name, list_name) \
    EXPORTED int our_##list_name(const character *format, va_list arguments) __asm__(#list_name); \
    EXPORTED int our_##name(const character *format, ...) __asm__(#name); \
    int our_##list_name(const character *format, va_list arguments) \
    { \
        SCAN(list_name, is_wide, is_old); \
        return worker(&scan, libc_##list_name, arguments); \
    } \
    int our_##name(const character *format, ...) \
    { \
        SCAN(name, is_wide, is_old); \
        WITH_ARGUMENTS(worker(&scan, libc_##list_name, arguments)); \
    }

#define FAMILY(prefix, old) \
    SCANNERS(from_text, const char *, char, false, old, prefix##sscanf, prefix##vsscanf) \
    SCANNERS(from_file, FILE *, char, false, old, prefix##fscanf, prefix##vfscanf) \
    INPUT_SCANNERS(from_input, char, false, old, prefix##scanf, prefix##vscanf) \
    SCANNERS(from_wide_text, const wchar_t *, wchar_t, true, old, prefix##swscanf, \
             prefix##vswscanf) \
    SCANNERS(from_wide_file, FILE *, wchar_t, true, old, prefix##fwscanf, prefix##vfwscanf) \
    INPUT_SCANNERS(from_wide_input, wchar_t, true, old, prefix##wscanf, prefix##vwscanf)

FAMILY(, true)
FAMILY(__isoc99_, false)
FAMILY(__isoc23_, false)

SECOND_NAME(_IO_sscanf, sscanf);
SECOND_NAME(__vsscanf, vsscanf);
SECOND_NAME(__vfscanf, vfscanf);

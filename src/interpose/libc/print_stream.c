/* Functions of the printf family that write to a stream or a descriptor, or allocate their text. */
#include <stdio.h>

#include "interpose/libc/print_arguments.h"
#include "interpose/libc/stream.h"

#define UNPACK(...) __VA_ARGS__

/* A function that takes its arguments one by one, and its twin that takes a list. In parentheses,
 * each with a comma behind: the parameters before the format, and their names. Last, what is to be
 * judged of those. */
#define PRINTERS(character, is_wide, name, list_name, given, passed, ...) \
    EXPORTED int list_name(UNPACK given const character *format, va_list arguments) \
    { \
        struct call call = CALL(list_name); \
        struct print print = {.call = &call, .format = format, .wide = (is_wide)}; \
        __VA_ARGS__; \
        print_judge_arguments(&print, arguments); \
        return libc_##list_name(UNPACK passed format, arguments); \
    } \
    EXPORTED int name(UNPACK given const character *format, ...) \
    { \
        struct call call = CALL(name); \
        struct print print = {.call = &call, .format = format, .wide = (is_wide)}; \
        __VA_ARGS__; \
        va_list arguments; \
        va_start(arguments, format); \
        print_judge_arguments(&print, arguments); \
        int length = libc_##list_name(UNPACK passed format, arguments); \
        va_end(arguments); \
        return length; \
    }

#define TO_STREAM stream_judge(&call, file)
#define TO_POINTER call_writes(&call, out, sizeof *out)

PRINTERS(char, false, printf, vprintf, (), ())
PRINTERS(char, false, __printf_chk, __vprintf_chk, (int flag, ), (flag, ))
PRINTERS(char, false, fprintf, vfprintf, (FILE * file, ), (file, ), TO_STREAM)
PRINTERS(char, false, __fprintf_chk, __vfprintf_chk, (FILE * file, int flag, ), (file, flag, ),
         TO_STREAM)
PRINTERS(char, false, dprintf, vdprintf, (int fd, ), (fd, ))
PRINTERS(char, false, __dprintf_chk, __vdprintf_chk, (int fd, int flag, ), (fd, flag, ))
PRINTERS(char, false, asprintf, vasprintf, (char **out, ), (out, ), TO_POINTER)
PRINTERS(char, false, __asprintf_chk, __vasprintf_chk, (char **out, int flag, ), (out, flag, ),
         TO_POINTER)

PRINTERS(wchar_t, true, wprintf, vwprintf, (), ())
PRINTERS(wchar_t, true, __wprintf_chk, __vwprintf_chk, (int flag, ), (flag, ))
PRINTERS(wchar_t, true, fwprintf, vfwprintf, (FILE * file, ), (file, ), TO_STREAM)
PRINTERS(wchar_t, true, __fwprintf_chk, __vfwprintf_chk, (FILE * file, int flag, ), (file, flag, ),
         TO_STREAM)

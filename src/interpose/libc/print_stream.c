/* Functions of the printf family that write to a stream or a descriptor, or allocate their text. */
#include <assert.h>
#include <stdio.h>

#include "interpose/libc/print_arguments.h"
#include "interpose/libc/print_plain.h"
#include "interpose/libc/stream.h"

/* A function that takes its arguments one by one, and its twin that takes a list. `head` begins the
 * definition of the first. In parentheses, each with a comma behind: the parameters before the
 * format, and their names. Last, what is to be judged of those. */
#define PRINTERS(head, character, is_wide, name, list_name, given, passed, ...) \
    EXPORTED int list_name(UNPACK given const character *format, va_list arguments) \
    { \
        struct call call = CALL(list_name); \
        struct print print = {.call = &call, .format = format, .wide = (is_wide)}; \
        __VA_ARGS__; \
        print_judge_arguments(&print, arguments); \
        return libc_##list_name(UNPACK passed format, arguments); \
    } \
    head(UNPACK given const character *format, ...) \
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

#define NARROW(name, ...) PRINTERS(PRINT_JUDGED(name), char, false, name, __VA_ARGS__)
NARROW(printf, vprintf, (), ())
NARROW(__printf_chk, __vprintf_chk, (int flag, ), (flag, ))
NARROW(fprintf, vfprintf, (FILE * file, ), (file, ), TO_STREAM)
NARROW(__fprintf_chk, __vfprintf_chk, (FILE * file, int flag, ), (file, flag, ), TO_STREAM)
NARROW(dprintf, vdprintf, (int fd, ), (fd, ))
NARROW(__dprintf_chk, __vdprintf_chk, (int fd, int flag, ), (fd, flag, ))
NARROW(asprintf, vasprintf, (char **out, ), (out, ), TO_POINTER)
NARROW(__asprintf_chk, __vasprintf_chk, (char **out, int flag, ), (out, flag, ), TO_POINTER)

static_assert(sizeof(FILE) == 216 && sizeof(char *) == 8, "as the entries have it");
#define NO_BYTES "xor %esi, %esi\n"
#define STREAM_BYTES "mov $216, %esi\n"
#define POINTER_BYTES "mov $8, %esi\n"
#define FIRST "mov %rdi, %rdx\n"
#define SECOND "mov %rsi, %rdx\n"
#define THIRD "" /* is in its place */
PRINT_ENTRY(printf, FIRST, NO_BYTES, "1");
PRINT_ENTRY(__printf_chk, SECOND, NO_BYTES, "2");
PRINT_ENTRY(fprintf, SECOND, STREAM_BYTES, "2");
PRINT_ENTRY(__fprintf_chk, THIRD, STREAM_BYTES, "3");
PRINT_ENTRY(dprintf, SECOND, NO_BYTES, "2");
PRINT_ENTRY(__dprintf_chk, THIRD, NO_BYTES, "3");
PRINT_ENTRY(asprintf, SECOND, POINTER_BYTES, "2");
PRINT_ENTRY(__asprintf_chk, THIRD, POINTER_BYTES, "3");

#define WIDE(name, ...) PRINTERS(EXPORTED int name, wchar_t, true, name, __VA_ARGS__)
WIDE(wprintf, vwprintf, (), ())
WIDE(__wprintf_chk, __vwprintf_chk, (int flag, ), (flag, ))
WIDE(fwprintf, vfwprintf, (FILE * file, ), (file, ), TO_STREAM)
WIDE(__fwprintf_chk, __vfwprintf_chk, (FILE * file, int flag, ), (file, flag, ), TO_STREAM)

SECOND_NAME(_IO_printf, printf);
SECOND_NAME(_IO_fprintf, fprintf);
SECOND_NAME(_IO_vfprintf, vfprintf);
SECOND_NAME(__asprintf, asprintf);

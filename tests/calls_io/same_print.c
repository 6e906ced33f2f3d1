/* The printf family. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "same.h"

/* All take a string, an int, a double, a long, a long double and a wide string; what is to stand
 * behind is written by %n, which fortified functions allow in read-only formats. */
static const char *const formats[] = {
    "%s|%5d|%g|%lx|%Lg|%ls",
    "%-20s|%+d|%08.3f|%'ld|%.2Lf|%.3ls",
    "%.3s%c%e%li%La%S",
    "%1$s %2$d %3$f %4$ld %5$Lf %6$ls %1$.2s",
    "%6$.4ls %5$Lg %4$#lo %3$a %2$x %1$30s",
    "%m %% %.0s%i%G%lu%Lf%.6ls",
    "plain text, %s, \xc3\xa4 %d %f %ld %Lf %5.2ls%n",
};
static const wchar_t *const wide_formats[] = {
    L"%s|%5d|%g|%lx|%Lg|%ls",     L"%-20s|%+d|%08.3f|%'ld|%.2Lf|%.3ls",
    L"%.3s%c%e%li%La%S \u20ac",   L"%1$s %2$d %3$f %4$ld %5$Lf %6$ls %1$.2s",
    L"%m %% %.0s%i%G%lu%Lf%.6ls",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct values {
    const char *format;
    const wchar_t *wide_format;
    char *string;
    int integer;
    double number;
    long longer;
    long double precise;
    wchar_t *wide;
    int *count;
};

static struct values values_of(struct run *run)
{
    return (struct values){
        .format = formats[pick(run, COUNT(formats))],
        .wide_format = wide_formats[pick(run, COUNT(wide_formats))],
        .string = text(run, 40),
        .integer = (int)pick(run, 100000) + 'A',
        .number = (double)pick(run, 1000000) / 64,
        .longer = (long)pick(run, 1000000000),
        .precise = (long double)pick(run, 1000000) / 3,
        .wide = wide_text(run, 20),
        .count = buffer(run, sizeof(int)),
    };
}
#define VALUES(v) (v).string, (v).integer, (v).number, (v).longer, (v).precise, (v).wide, (v).count

/* Each in two forms: called with the arguments, and through one that makes a list of them. */
#define BOTH(name, declaration, types, before, character) \
    static int name##_list(void *function, declaration const character *format, ...) \
    { \
        va_list arguments; \
        va_start(arguments, format); \
        int (*print)(types const character *, va_list) = function; \
        int length = print(before format, arguments); \
        va_end(arguments); \
        return length; \
    }
#define COMMA ,
BOTH(plain, , , , char)
BOTH(flag, int flag COMMA, int COMMA, flag COMMA, char)
BOTH(file, FILE *file COMMA, FILE *COMMA, file COMMA, char)
BOTH(file_flag, FILE *file COMMA int flag COMMA, FILE *COMMA int COMMA, file COMMA flag COMMA, char)
BOTH(fd_flag, int fd COMMA int flag COMMA, int COMMA int COMMA, fd COMMA flag COMMA, char)
BOTH(out, char **out COMMA, char **COMMA, out COMMA, char)
BOTH(out_flag, char **out COMMA int flag COMMA, char **COMMA int COMMA, out COMMA flag COMMA, char)
BOTH(to, char *to COMMA, char *COMMA, to COMMA, char)
BOTH(to_most, char *to COMMA size_t most COMMA, char *COMMA size_t COMMA, to COMMA most COMMA, char)
BOTH(to_chk, char *to COMMA int flag COMMA size_t known COMMA, char *COMMA int COMMA size_t COMMA,
     to COMMA flag COMMA known COMMA, char)
BOTH(to_most_chk, char *to COMMA size_t most COMMA int flag COMMA size_t known COMMA,
     char *COMMA size_t COMMA int COMMA size_t COMMA, to COMMA most COMMA flag COMMA known COMMA,
     char)
BOTH(wide_plain, , , , wchar_t)
BOTH(wide_flag, int flag COMMA, int COMMA, flag COMMA, wchar_t)
BOTH(wide_file, FILE *file COMMA, FILE *COMMA, file COMMA, wchar_t)
BOTH(wide_file_flag, FILE *file COMMA int flag COMMA, FILE *COMMA int COMMA, file COMMA flag COMMA,
     wchar_t)
BOTH(wide_to, wchar_t *to COMMA size_t most COMMA, wchar_t *COMMA size_t COMMA, to COMMA most COMMA,
     wchar_t)
BOTH(wide_to_chk, wchar_t *to COMMA size_t most COMMA int flag COMMA size_t known COMMA,
     wchar_t *COMMA size_t COMMA int COMMA size_t COMMA, to COMMA most COMMA flag COMMA known COMMA,
     wchar_t)

/* A function that is called directly has the form of a list's, but for what ends it. */
#define TRY(name, form, types, prepare, passed, finish, chosen) \
    static void try_##name(struct run *run, void *function) \
    { \
        struct values v = values_of(run); \
        prepare; \
        int(*print) types = function; \
        int length = print(passed v.chosen, VALUES(v)); \
        note(run, length); \
        finish; \
    } \
    static void try_##name##_list(struct run *run, void *function) \
    { \
        struct values v = values_of(run); \
        prepare; \
        int length = form##_list(function, passed v.chosen, VALUES(v)); \
        note(run, length); \
        finish; \
    }

enum { ROOM = 600 }; /* bytes that hold any of the texts */

FILE *take_output(struct run *run)
{
    FILE *file = file_with(run, "", 0);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    return file;
}

void note_output(struct run *run, FILE *file)
{
    fflush(stdout);
    note_file(run, file);
}

TRY(printf, plain, (const char *, ...), FILE *file = take_output(run), , note_output(run, file),
    format)
TRY(printf_chk, flag, (int, const char *, ...), FILE *file = take_output(run), 1 COMMA,
    note_output(run, file), format)
TRY(fprintf, file, (FILE *, const char *, ...), FILE *file = file_with(run, "", 0), file COMMA,
    note_file(run, file), format)
TRY(fprintf_chk, file_flag, (FILE *, int, const char *, ...), FILE *file = file_with(run, "", 0),
    file COMMA 1 COMMA, note_file(run, file), format)
TRY(dprintf, flag, (int, const char *, ...), FILE *file = file_with(run, "", 0), fileno(file) COMMA,
    note_file(run, file), format)
TRY(dprintf_chk, fd_flag, (int, int, const char *, ...), FILE *file = file_with(run, "", 0),
    fileno(file) COMMA 1 COMMA, note_file(run, file), format)
TRY(asprintf, out, (char **, const char *, ...), char *made = NULL, &made COMMA,
    note_bytes(run, made, strlen(made) + 1);
    free(made), format)
TRY(asprintf_chk, out_flag, (char **, int, const char *, ...), char *made = NULL,
    &made COMMA 1 COMMA, note_bytes(run, made, strlen(made) + 1);
    free(made), format)
TRY(sprintf, to, (char *, const char *, ...), char *to = buffer(run, ROOM + pick(run, 100)),
    to COMMA, (void)0, format)
TRY(sprintf_chk, to_chk, (char *, int, size_t, const char *, ...), char *to = buffer(run, ROOM),
    to COMMA 1 COMMA ROOM COMMA, (void)0, format)

/* The size may be less than the text's, or more than the buffer's as long as the text fits. */
#define SIZES \
    size_t lie = pick(run, 2) * 1000, least = pick(run, 60); \
    size_t most = lie ? ROOM + lie : least; \
    char *to = buffer(run, lie ? ROOM : least)
TRY(snprintf, to_most, (char *, size_t, const char *, ...), SIZES, to COMMA most COMMA, (void)0,
    format)
TRY(snprintf_chk, to_most_chk, (char *, size_t, int, size_t, const char *, ...), SIZES,
    to COMMA most COMMA 1 COMMA most COMMA, (void)0, format)

TRY(wprintf, wide_plain, (const wchar_t *, ...), FILE *file = take_output(run), ,
    note_output(run, file), wide_format)
TRY(wprintf_chk, wide_flag, (int, const wchar_t *, ...), FILE *file = take_output(run), 1 COMMA,
    note_output(run, file), wide_format)
TRY(fwprintf, wide_file, (FILE *, const wchar_t *, ...), FILE *file = file_with(run, "", 0),
    file COMMA, note_file(run, file), wide_format)
TRY(fwprintf_chk, wide_file_flag, (FILE *, int, const wchar_t *, ...),
    FILE *file = file_with(run, "", 0), file COMMA 1 COMMA, note_file(run, file), wide_format)
#define WIDE_SIZES \
    size_t lie = pick(run, 2) * 1000, least = pick(run, 60); \
    size_t most = lie ? ROOM + lie : least; \
    wchar_t *to = buffer(run, (lie ? ROOM : least) * sizeof *to)
/* What glibc leaves of a text that did not fit is not defined. */
static void forget_cut(wchar_t *to, size_t most, int length)
{
    if (length < 0) {
        memset(to, 0, most * sizeof *to);
    }
}

TRY(swprintf, wide_to, (wchar_t *, size_t, const wchar_t *, ...), WIDE_SIZES, to COMMA most COMMA,
    forget_cut(to, lie ? ROOM : least, length), wide_format)
TRY(swprintf_chk, wide_to_chk, (wchar_t *, size_t, int, size_t, const wchar_t *, ...), WIDE_SIZES,
    to COMMA most COMMA 1 COMMA most COMMA, forget_cut(to, lie ? ROOM : least, length), wide_format)

/* Nothing is registered but by a process that ends with this trial. */
static int print_nothing(FILE *file, const struct printf_info *info, const void *const *arguments)
{
    (void)file, (void)info, (void)arguments;
    return 0;
}

static int two_ints(const struct printf_info *info, size_t most, int *types)
{
    (void)info, (void)most;
    types[0] = types[1] = 0; /* PA_INT */
    return 2;
}

static int two_sized_ints(const struct printf_info *info, size_t most, int *types, int *sizes)
{
    sizes[0] = sizes[1] = (int)sizeof(int);
    return two_ints(info, most, types);
}

/* A string behind two ints that only the program knows to be there. */
static void print_custom(struct run *run)
{
    char *to = buffer(run, 64), *string = text(run, 20);
    note(run, sprintf(to, "%W %s", 1, 2, string));
}

static void try_register(struct run *run, void *function)
{
    int (*enlist)(int, void *, void *) = function;
    note(run, enlist('W', print_nothing, two_ints));
    print_custom(run);
}

static void try_register_sized(struct run *run, void *function)
{
    int (*enlist)(int, void *, void *) = function;
    note(run, enlist('W', print_nothing, two_sized_ints));
    print_custom(run);
}

static void try_register_modifier(struct run *run, void *function)
{
    int (*enlist)(const wchar_t *) = function;
    note(run, enlist(L"W64") != 0);
}

#define PAIR(name, list_name, base) \
    {name, try_##base}, \
    { \
        list_name, try_##base##_list \
    }
const struct trial print_trials[] = {
    PAIR("printf", "vprintf", printf),
    PAIR("__printf_chk", "__vprintf_chk", printf_chk),
    PAIR("fprintf", "vfprintf", fprintf),
    PAIR("__fprintf_chk", "__vfprintf_chk", fprintf_chk),
    PAIR("dprintf", "vdprintf", dprintf),
    PAIR("__dprintf_chk", "__vdprintf_chk", dprintf_chk),
    PAIR("asprintf", "vasprintf", asprintf),
    PAIR("__asprintf_chk", "__vasprintf_chk", asprintf_chk),
    PAIR("sprintf", "vsprintf", sprintf),
    PAIR("__sprintf_chk", "__vsprintf_chk", sprintf_chk),
    PAIR("snprintf", "vsnprintf", snprintf),
    PAIR("__snprintf_chk", "__vsnprintf_chk", snprintf_chk),
    PAIR("wprintf", "vwprintf", wprintf),
    PAIR("__wprintf_chk", "__vwprintf_chk", wprintf_chk),
    PAIR("fwprintf", "vfwprintf", fwprintf),
    PAIR("__fwprintf_chk", "__vfwprintf_chk", fwprintf_chk),
    PAIR("swprintf", "vswprintf", swprintf),
    PAIR("__swprintf_chk", "__vswprintf_chk", swprintf_chk),
    {"_IO_printf", try_printf},
    {"_IO_fprintf", try_fprintf},
    {"_IO_vfprintf", try_fprintf_list},
    {"__asprintf", try_asprintf},
    {"_IO_sprintf", try_sprintf},
    {"_IO_vsprintf", try_sprintf_list},
    {"__vsnprintf", try_snprintf_list},
    {"register_printf_function", try_register},
    {"register_printf_specifier", try_register_sized},
    {"register_printf_modifier", try_register_modifier},
    {NULL, NULL},
};

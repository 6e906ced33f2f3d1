/* The scanf family: from strings, files and standard input. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "same.h"

/* All write an int, a string, a double, characters and a count, in this order, in buffers that just
 * hold what the format can need. */
static const char *const formats[] = {"%d %39s %lf %5c%n",       "%i,%39[^,],%lg,%3c",
                                      "%x %*s %39s%lf %c%n",     "%d%39[a-z ]%le%2c%n",
                                      "%2$39s %1$d %3$lf %4$4c", "%3$lf %1$d %2$39[a-z]"};
static const wchar_t *const wide_formats[] = {L"%d %39ls %lf %5lc%n", L"%i,%39l[^,],%lg,%3lc",
                                              L"%x %*s %39ls%lf %lc%n", L"%d%39l[a-z ]%le%2lc%n"};
static const char *const inputs[] = {
    "12 word 3.5 abcdefg", "0x1f,some words,1e3,xyz!", "7f skipped kept 2 q", "5abc def9.25zz", "",
    "no number",           "name 77 1.5 four5"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct places {
    const char *format, *input;
    const wchar_t *wide_format;
    wchar_t *wide_input;
    int *number;
    void *word;
    double *real;
    void *characters;
    int *count;
};
#define PLACES(p) (p).number, (p).word, (p).real, (p).characters, (p).count

static struct places places_of(struct run *run, size_t unit)
{
    const char *input = inputs[pick(run, COUNT(inputs))];
    size_t length = strlen(input);
    struct places places = {
        .format = formats[pick(run, COUNT(formats))],
        .wide_format = wide_formats[pick(run, COUNT(wide_formats))],
        .number = buffer(run, sizeof(int)),
        .word = buffer(run, 40 * unit),
        .real = buffer(run, sizeof(double)),
        .characters = buffer(run, 5 * unit),
        .count = buffer(run, sizeof(int)),
    };
    places.input = memcpy(buffer(run, length + 1), input, length + 1);
    places.wide_input = buffer(run, (length + 1) * sizeof(wchar_t));
    for (size_t i = 0; i <= length; i++) {
        places.wide_input[i] = (unsigned char)input[i];
    }
    return places;
}

#define COMMA ,
#define FROM(name, declaration, types, before, character) \
    static int name##_list(void *function, declaration const character *format, ...) \
    { \
        va_list arguments; \
        va_start(arguments, format); \
        int (*scan)(types const character *, va_list) = function; \
        int assigned = scan(before format, arguments); \
        va_end(arguments); \
        return assigned; \
    }
FROM(text, const char *from COMMA, const char *COMMA, from COMMA, char)
FROM(file, FILE *from COMMA, FILE *COMMA, from COMMA, char)
FROM(input, , , , char)
FROM(wide_text, const wchar_t *from COMMA, const wchar_t *COMMA, from COMMA, wchar_t)
FROM(wide_file, FILE *from COMMA, FILE *COMMA, from COMMA, wchar_t)
FROM(wide_input, , , , wchar_t)

static FILE *file_of(struct run *run, const struct places *p)
{
    return file_with(run, p->input, strlen(p->input));
}

/* Standard input reads that file, from its start. */
static FILE *take_input(struct run *run, const struct places *p)
{
    FILE *file = file_of(run, p);
    read_from(file);
    return file;
}

#define TRY(name, unit, types, prepare, passed, finish, chosen) \
    static void try_##name(struct run *run, void *function) \
    { \
        struct places p = places_of(run, unit); \
        prepare; \
        int(*scan) types = function; \
        note(run, scan(passed p.chosen, PLACES(p))); \
        finish; \
    } \
    static void try_##name##_list(struct run *run, void *function) \
    { \
        struct places p = places_of(run, unit); \
        prepare; \
        note(run, name##_list(function, passed p.chosen, PLACES(p))); \
        finish; \
    }
TRY(text, 1, (const char *, const char *, ...), (void)0, p.input COMMA, (void)0, format)
TRY(file, 1, (FILE *, const char *, ...), FILE *file = file_of(run, &p), file COMMA,
    note(run, ftell(file)), format)
TRY(input, 1, (const char *, ...), take_input(run, &p), , note(run, ftell(stdin)), format)
TRY(wide_text, sizeof(wchar_t), (const wchar_t *, const wchar_t *, ...), (void)0,
    p.wide_input COMMA, (void)0, wide_format)
TRY(wide_file, sizeof(wchar_t), (FILE *, const wchar_t *, ...), FILE *file = file_of(run, &p),
    file COMMA, note(run, ftell(file)), wide_format)
TRY(wide_input, sizeof(wchar_t), (const wchar_t *, ...), take_input(run, &p), ,
    note(run, ftell(stdin)), wide_format)

#define FAMILY(prefix) \
    {prefix "sscanf", try_text}, {prefix "vsscanf", try_text_list}, {prefix "fscanf", try_file}, \
        {prefix "vfscanf", try_file_list}, {prefix "scanf", try_input}, \
        {prefix "vscanf", try_input_list}, {prefix "swscanf", try_wide_text}, \
        {prefix "vswscanf", try_wide_text_list}, {prefix "fwscanf", try_wide_file}, \
        {prefix "vfwscanf", try_wide_file_list}, {prefix "wscanf", try_wide_input}, \
    { \
        prefix "vwscanf", try_wide_input_list \
    }

const struct trial scan_trials[] = {FAMILY(""),
                                    FAMILY("__isoc99_"),
                                    {"_IO_sscanf", try_text},
                                    {"__vsscanf", try_text_list},
                                    {"__vfscanf", try_file_list},
                                    {NULL, NULL}};

/* What is read from streams and written to them. */
#include "interpose/libc/stream.h"

#include "base/checked.h"

void text_judge_end(const struct call *call, const char *text)
{
    size_t open = call_open_string(call, text);
    if (UNLIKELY(open != SIZE_MAX && !call_string_ends(text, open))) {
        call_reads(call, text, open + 1);
    }
}

/* A character that only begins in the block is beyond it. */
void wide_text_judge_end(const struct call *call, const wchar_t *text)
{
    size_t room = call_room(call, text), fit = room / sizeof *text;
    if (UNLIKELY(room != SIZE_MAX && !call_wide_ends(text, fit))) {
        call_reads(call, text, (fit + 1) * sizeof *text);
    }
}

#define PUT_TEXT(name) \
    EXPORTED int name(const char *restrict text, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, text); \
        stream_judge(&call, file); \
        return libc_##name(text, file); \
    }
PUT_TEXT(fputs)
PUT_TEXT(fputs_unlocked)

#define PUT_WIDE(name) \
    EXPORTED int name(const wchar_t *restrict text, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        wide_text_judge(&call, text); \
        stream_judge(&call, file); \
        return libc_##name(text, file); \
    }
PUT_WIDE(fputws)
PUT_WIDE(fputws_unlocked)

EXPORTED int puts(const char *text)
{
    struct call call = CALL(puts);
    text_judge(&call, text);
    return libc_puts(text);
}

EXPORTED void perror(const char *text)
{
    struct call call = CALL(perror);
    text_judge(&call, text);
    libc_perror(text);
}

#define PUT_BYTES(name) \
    EXPORTED size_t name(const void *restrict from, size_t size, size_t count, \
                         FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        size_t bytes; \
        if (checked_mul(size, count, &bytes)) { \
            call_reads(&call, from, bytes); \
        } \
        stream_judge(&call, file); \
        return libc_##name(from, size, count, file); \
    }
PUT_BYTES(fwrite)
PUT_BYTES(fwrite_unlocked)

typedef size_t get_function(void *, size_t, size_t, FILE *);

/* The part of an element at the end of a file is written, but not in the result: so a detour is
 * read by bytes. */
static size_t get_by_detour(struct detour *detour, size_t size, size_t count, FILE *file,
                            get_function *real)
{
    size_t got = real(detour->at, 1, size * count, file);
    detour_end(detour, got);
    return got == size * count ? count : got / size;
}

static size_t get_bytes(const struct call *call, void *to, size_t size, size_t count, FILE *file,
                        get_function *real)
{
    size_t bytes;
    stream_judge(call, file);
    if (!checked_mul(size, count, &bytes)) {
        return real(to, size, count, file);
    }
    DETOUR detour = detour_begin(call, to, bytes);
    if (UNLIKELY(detour.judged)) {
        return get_by_detour(&detour, size, count, file, real);
    }
    return real(to, size, count, file);
}

#define GET_BYTES(name, fortified_name) \
    EXPORTED size_t name(void *restrict to, size_t size, size_t count, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        return get_bytes(&call, to, size, count, file, libc_##name); \
    } \
    EXPORTED size_t fortified_name(void *restrict to, size_t room, size_t size, size_t count, \
                                   FILE *restrict file) \
    { \
        struct call call = CALL(fortified_name); \
        size_t bytes; \
        if (!checked_mul(size, count, &bytes) || bytes > room) { \
            return libc_##fortified_name(to, room, size, count, file); \
        } \
        return get_bytes(&call, to, size, count, file, libc_##name); \
    }
GET_BYTES(fread, __fread_chk)
GET_BYTES(fread_unlocked, __fread_unlocked_chk)

/* A line may have zeros in it: then its end is the last byte that is none, and what may follow are
 * zeros that stood in the file's last line. */
static size_t line_bytes(const char *line, size_t most)
{
    size_t length = libc_strnlen(line, most);
    if (length == most || (length > 0 && line[length - 1] == '\n')) {
        return length < most ? length + 1 : most;
    }
    const char *last = line + most;
    while (last > line + length && last[-1] == '\0') {
        last--;
    }
    return (size_t)(last - line) + 1;
}

static size_t positive(int size)
{
    return size > 0 ? (size_t)size : 0;
}

/* What the program is to get where the real function returned `result`. */
static char *line_end(struct detour *detour, const char *result, int size)
{
    if (!result) {
        return NULL;
    }
    if (UNLIKELY(detour->judged)) {
        detour_end(detour, line_bytes(detour->at, positive(size)));
    }
    return detour->asked;
}

/* In a function that has `call`, `to`, `size` and `file`; the real one writes to detour.at. */
#define GET_LINE_BY(...) \
    stream_judge(&call, file); \
    DETOUR detour = detour_begin(&call, to, positive(size)); \
    return line_end(&detour, __VA_ARGS__, size)

#define GET_LINE(name, fortified_name) \
    EXPORTED char *name(char *restrict to, int size, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        GET_LINE_BY(libc_##name(detour.at, size, file)); \
    } \
    EXPORTED char *fortified_name(char *restrict to, size_t room, int size, FILE *restrict file) \
    { \
        struct call call = CALL(fortified_name); \
        GET_LINE_BY(libc_##fortified_name(detour.at, room, size, file)); \
    }
GET_LINE(fgets, __fgets_chk)
GET_LINE(fgets_unlocked, __fgets_unlocked_chk)

/* The same in characters. */
static size_t wide_line_characters(const wchar_t *line, size_t most)
{
    size_t length = libc_wcsnlen(line, most);
    if (length == most || (length > 0 && line[length - 1] == L'\n')) {
        return length < most ? length + 1 : most;
    }
    const wchar_t *last = line + most;
    while (last > line + length && last[-1] == L'\0') {
        last--;
    }
    return (size_t)(last - line) + 1;
}

static wchar_t *wide_line_end(struct detour *detour, const wchar_t *result, int size)
{
    if (!result) {
        return NULL;
    }
    if (UNLIKELY(detour->judged)) {
        size_t characters = wide_line_characters((wchar_t *)detour->at, positive(size));
        detour_end(detour, characters * sizeof(wchar_t));
    }
    return (wchar_t *)detour->asked;
}

#define GET_WIDE_LINE_BY(...) \
    stream_judge(&call, file); \
    DETOUR detour = detour_begin(&call, to, positive(size) * sizeof *to); \
    wchar_t *at = (wchar_t *)detour.at; \
    return wide_line_end(&detour, __VA_ARGS__, size)

#define GET_WIDE_LINE(name, fortified_name) \
    EXPORTED wchar_t *name(wchar_t *restrict to, int size, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        GET_WIDE_LINE_BY(libc_##name(at, size, file)); \
    } \
    EXPORTED wchar_t *fortified_name(wchar_t *restrict to, size_t room, int size, \
                                     FILE *restrict file) \
    { \
        struct call call = CALL(fortified_name); \
        GET_WIDE_LINE_BY(libc_##fortified_name(at, room, size, file)); \
    }
GET_WIDE_LINE(fgetws, __fgetws_chk)
GET_WIDE_LINE(fgetws_unlocked, __fgetws_unlocked_chk)

SECOND_NAME(_IO_fgets, fgets);
SECOND_NAME(_IO_fputs, fputs);
SECOND_NAME(_IO_fread, fread);
SECOND_NAME(_IO_fwrite, fwrite);
SECOND_NAME(_IO_puts, puts);

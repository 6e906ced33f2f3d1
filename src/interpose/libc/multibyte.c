/* Conversions between characters of several bytes and wide characters. Texts are judged by how much
 * of them is read: to their end, or until there are as many characters as asked for. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <wchar.h>

#include "interpose/libc/detour.h"
#include "interpose/libc/text_units.h"

static mbstate_t state_of(const mbstate_t *state)
{
    mbstate_t initial = {0};
    return state ? *state : initial;
}

/* At most `bytes` of `from` will be read, for at most `most` characters. */
static void reads_bytes(const struct call *call, const char *from, size_t bytes, size_t most,
                        const mbstate_t *state)
{
    size_t open = call_open_string(call, from);
    if (LIKELY(open == SIZE_MAX) || bytes <= open || call_string_ends(from, open)) {
        return;
    }
    int saved = errno;
    mbstate_t copy = state_of(state);
    const char *at = from;
    size_t made = libc_mbsnrtowcs(NULL, &at, open, 0, &copy);
    errno = saved;
    if (made != SIZE_MAX && made < most) {
        call_reads(call, from, open + 1);
    }
}

/* At most `count` characters of `from` will be read, for at most `most` bytes. */
static void reads_characters(const struct call *call, const wchar_t *from, size_t count,
                             size_t most, const mbstate_t *state)
{
    size_t open = call_open_wide(call, from);
    if (LIKELY(open == SIZE_MAX) || count <= open || call_wide_ends(from, open)) {
        return;
    }
    int saved = errno;
    mbstate_t copy = state_of(state);
    const wchar_t *at = from;
    size_t made = libc_wcsnrtombs(NULL, &at, open, 0, &copy);
    errno = saved;
    if (made != SIZE_MAX && made < most) {
        call_reads(call, from, bytes_of(open + 1, sizeof *from));
    }
}

/* The conversion made so many objects of `unit` bytes, and then a terminator if the text came to
 * its end. What one that failed had made shows in a buffer that was all zeros. */
static void put(struct detour *detour, size_t made, bool is_ended, size_t most, size_t unit)
{
    if (LIKELY(!detour->judged)) {
        return;
    }
    if (made != SIZE_MAX) {
        detour_end(detour, (made + is_ended) * unit);
    } else if (detour->mapped_bytes > 0) {
        size_t length =
            unit == 1 ? libc_strnlen(detour->at, most) : libc_wcsnlen((wchar_t *)detour->at, most);
        detour_end(detour, length * unit);
    }
}

static size_t to_wide(const struct call *call, wchar_t *to, const char **from, size_t bytes,
                      size_t most, mbstate_t *state)
{
    call_writes(call, from, sizeof *from);
    call_writes(call, state, sizeof *state);
    reads_bytes(call, *from, bytes, to ? most : SIZE_MAX, state);
    DETOUR detour = detour_begin(call, to, to ? bytes_of(most, sizeof *to) : 0);
    wchar_t *at = (wchar_t *)detour.at;
    size_t made = bytes == SIZE_MAX ? libc_mbsrtowcs(at, from, most, state)
                                    : libc_mbsnrtowcs(at, from, bytes, most, state);
    put(&detour, made, !*from, most, sizeof *to);
    return made;
}

static size_t from_wide(const struct call *call, char *to, const wchar_t **from, size_t count,
                        size_t most, mbstate_t *state)
{
    call_writes(call, from, sizeof *from);
    call_writes(call, state, sizeof *state);
    reads_characters(call, *from, count, to ? most : SIZE_MAX, state);
    DETOUR detour = detour_begin(call, to, to ? most : 0);
    size_t made = count == SIZE_MAX ? libc_wcsrtombs(detour.at, from, most, state)
                                    : libc_wcsnrtombs(detour.at, from, count, most, state);
    put(&detour, made, !*from, most, 1);
    return made;
}

#define CONVERT(name, fortified_name, convert, target, source) \
    EXPORTED size_t name(target *to, const source **from, size_t most, mbstate_t *state) \
    { \
        struct call call = CALL(name); \
        return convert(&call, to, from, SIZE_MAX, most, state); \
    } \
    EXPORTED size_t fortified_name(target *to, const source **from, size_t most, mbstate_t *state, \
                                   size_t room) \
    { \
        struct call call = CALL(fortified_name); \
        return most > room ? libc_##fortified_name(to, from, most, state, room) \
                           : convert(&call, to, from, SIZE_MAX, most, state); \
    }
CONVERT(mbsrtowcs, __mbsrtowcs_chk, to_wide, wchar_t, char)
CONVERT(wcsrtombs, __wcsrtombs_chk, from_wide, char, wchar_t)

#define CONVERT_COUNTED(name, fortified_name, convert, target, source) \
    EXPORTED size_t name(target *to, const source **from, size_t count, size_t most, \
                         mbstate_t *state) \
    { \
        struct call call = CALL(name); \
        return convert(&call, to, from, count, most, state); \
    } \
    EXPORTED size_t fortified_name(target *to, const source **from, size_t count, size_t most, \
                                   mbstate_t *state, size_t room) \
    { \
        struct call call = CALL(fortified_name); \
        return most > room ? libc_##fortified_name(to, from, count, most, state, room) \
                           : convert(&call, to, from, count, most, state); \
    }
CONVERT_COUNTED(mbsnrtowcs, __mbsnrtowcs_chk, to_wide, wchar_t, char)
CONVERT_COUNTED(wcsnrtombs, __wcsnrtombs_chk, from_wide, char, wchar_t)

static size_t text_to_wide(const struct call *call, wchar_t *to, const char *from, size_t most)
{
    reads_bytes(call, from, SIZE_MAX, to ? most : SIZE_MAX, NULL);
    DETOUR detour = detour_begin(call, to, to ? bytes_of(most, sizeof *to) : 0);
    size_t made = libc_mbstowcs((wchar_t *)detour.at, from, most);
    put(&detour, made, made < most, most, sizeof *to);
    return made;
}

static size_t text_from_wide(const struct call *call, char *to, const wchar_t *from, size_t most)
{
    reads_characters(call, from, SIZE_MAX, to ? most : SIZE_MAX, NULL);
    DETOUR detour = detour_begin(call, to, to ? most : 0);
    size_t made = libc_wcstombs(detour.at, from, most);
    put(&detour, made, made < most, most, 1);
    return made;
}

#define CONVERT_TEXT(name, fortified_name, convert, target, source) \
    EXPORTED size_t name(target *to, const source *from, size_t most) \
    { \
        struct call call = CALL(name); \
        return convert(&call, to, from, most); \
    } \
    EXPORTED size_t fortified_name(target *to, const source *from, size_t most, size_t room) \
    { \
        struct call call = CALL(fortified_name); \
        return most > room ? libc_##fortified_name(to, from, most, room) \
                           : convert(&call, to, from, most); \
    }
CONVERT_TEXT(mbstowcs, __mbstowcs_chk, text_to_wide, wchar_t, char)
CONVERT_TEXT(wcstombs, __wcstombs_chk, text_from_wide, char, wchar_t)

/* One character: made elsewhere where not even the longest would fit. */
static size_t put_character(const struct call *call, char *to, wchar_t character, mbstate_t *state)
{
    char made[MB_LEN_MAX];
    call_writes(call, state, sizeof *state);
    if (call_is_plain(to, sizeof made)) {
        return libc_wcrtomb(to, character, state);
    }
    size_t bytes = libc_wcrtomb(made, character, state);
    if (bytes != SIZE_MAX) {
        call_writes(call, to, bytes);
        libc_memcpy(to, made, bytes);
    }
    return bytes;
}

EXPORTED size_t wcrtomb(char *to, wchar_t character, mbstate_t *state)
{
    struct call call = CALL(wcrtomb);
    return put_character(&call, to, character, state);
}

EXPORTED size_t __wcrtomb_chk(char *to, wchar_t character, mbstate_t *state, size_t room)
{
    struct call call = CALL(__wcrtomb_chk);
    return room < MB_CUR_MAX ? libc___wcrtomb_chk(to, character, state, room)
                             : put_character(&call, to, character, state);
}

static int put_character_stateless(const struct call *call, char *to, wchar_t character)
{
    char made[MB_LEN_MAX];
    if (call_is_plain(to, sizeof made)) {
        return libc_wctomb(to, character);
    }
    int bytes = libc_wctomb(made, character);
    if (bytes > 0) {
        call_writes(call, to, (size_t)bytes);
        libc_memcpy(to, made, (size_t)bytes);
    }
    return bytes;
}

EXPORTED int wctomb(char *to, wchar_t character)
{
    struct call call = CALL(wctomb);
    return put_character_stateless(&call, to, character);
}

EXPORTED int __wctomb_chk(char *to, wchar_t character, size_t room)
{
    struct call call = CALL(__wctomb_chk);
    return room < MB_CUR_MAX ? libc___wctomb_chk(to, character, room)
                             : put_character_stateless(&call, to, character);
}

/* Conversions of text, and dates and errors as text in a locale. */
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "same.h"

enum { TEXT_MOST = 40, WRITTEN_MOST = 200 };

/* How many the program says there is room for: what there is, or much more than will be needed. */
static size_t said(struct run *run, size_t room)
{
    return pick(run, 2) ? pick(run, room + 1) : 1000;
}

/* Sometimes with a byte that begins no character, sometimes without the end that is not needed. */
static char *narrow(struct run *run, size_t *most)
{
    char *made = text(run, TEXT_MOST);
    size_t length = strlen(made);
    if (length > 0 && pick(run, 4) == 0) {
        made[pick(run, length)] = '\xff';
    }
    mbstate_t state = {0};
    const char *from = made;
    size_t count = mbsrtowcs(NULL, &from, 0, &state);
    *most = said(run, TEXT_MOST);
    if (count != (size_t)-1 && count > 0 && pick(run, 2)) {
        made[length] = 'x';
        *most = pick(run, count + 1);
    }
    return made;
}

static wchar_t *wide(struct run *run, size_t *most)
{
    wchar_t *made = wide_text(run, TEXT_MOST);
    size_t length = wcslen(made);
    *most = said(run, TEXT_MOST);
    if (length > 0 && pick(run, 4) == 0) {
        made[pick(run, length)] = (wchar_t)0xd800; /* no character */
    } else if (length > 0 && pick(run, 2)) {
        made[length] = L'x';
        *most = pick(run, length + 1);
    }
    return made;
}

/* A place for it, or none. */
static void *target(struct run *run, size_t unit)
{
    return pick(run, 8) ? buffer(run, WRITTEN_MOST * unit) : NULL;
}

static void try_to_wide(struct run *run, void *function)
{
    size_t most;
    char *from = narrow(run, &most);
    wchar_t *to = most == 1000 ? target(run, sizeof *to) : buffer(run, WRITTEN_MOST * sizeof *to);
    note(run, (long long)((size_t(*)(wchar_t *, const char *, size_t))function)(to, from, most));
}

static void try_to_wide_chk(struct run *run, void *function)
{
    size_t most;
    char *from = narrow(run, &most);
    wchar_t *to = buffer(run, WRITTEN_MOST * sizeof *to);
    note(run, (long long)((size_t(*)(wchar_t *, const char *, size_t, size_t))function)(
                  to, from, most, SIZE_MAX));
}

static void try_from_wide(struct run *run, void *function)
{
    size_t most;
    wchar_t *from = wide(run, &most);
    char *to = most == 1000 ? target(run, 1) : buffer(run, WRITTEN_MOST);
    note(run, (long long)((size_t(*)(char *, const wchar_t *, size_t))function)(to, from, most));
}

static void try_from_wide_chk(struct run *run, void *function)
{
    size_t most;
    wchar_t *from = wide(run, &most);
    note(run, (long long)((size_t(*)(char *, const wchar_t *, size_t, size_t))function)(
                  buffer(run, WRITTEN_MOST), from, most, SIZE_MAX));
}

/* In parentheses: how the function is declared behind its first two parameters, and what it is
 * given there. */
#define TRY_RESTARTABLE(name, target, source, make_source, declared, given) \
    static void try_##name(struct run *run, void *function) \
    { \
        size_t most; \
        source *text = make_source(run, &most), **from = buffer(run, sizeof *from); \
        mbstate_t *state = memset(buffer(run, sizeof *state), 0, sizeof *state); \
        target *to = buffer(run, WRITTEN_MOST * sizeof *to); \
        *from = text; \
        note(run, (long long)((size_t(*)(target *, source **, UNPACK declared))function)( \
                      to, from, UNPACK given)); \
        note_place(run, text, *from); \
        *from = NULL; \
    }
#define UNPACK(...) __VA_ARGS__
TRY_RESTARTABLE(mbsrtowcs, wchar_t, char, narrow, (size_t, mbstate_t *), (most, state))
TRY_RESTARTABLE(mbsrtowcs_chk, wchar_t, char, narrow, (size_t, mbstate_t *, size_t),
                (most, state, SIZE_MAX))
TRY_RESTARTABLE(wcsrtombs, char, wchar_t, wide, (size_t, mbstate_t *), (most, state))
TRY_RESTARTABLE(wcsrtombs_chk, char, wchar_t, wide, (size_t, mbstate_t *, size_t),
                (most, state, SIZE_MAX))
TRY_RESTARTABLE(mbsnrtowcs, wchar_t, char, narrow, (size_t, size_t, mbstate_t *),
                (pick(run, most < TEXT_MOST ? most + 1 : 9), most, state))
TRY_RESTARTABLE(mbsnrtowcs_chk, wchar_t, char, narrow, (size_t, size_t, mbstate_t *, size_t),
                (pick(run, most < TEXT_MOST ? most + 1 : 9), most, state, SIZE_MAX))
TRY_RESTARTABLE(wcsnrtombs, char, wchar_t, wide, (size_t, size_t, mbstate_t *),
                (pick(run, most < TEXT_MOST ? most + 1 : 9), most, state))
TRY_RESTARTABLE(wcsnrtombs_chk, char, wchar_t, wide, (size_t, size_t, mbstate_t *, size_t),
                (pick(run, most < TEXT_MOST ? most + 1 : 9), most, state, SIZE_MAX))

static const struct {
    wchar_t code;
    size_t bytes;
} characters[] = {{L'a', 1},      {L'\0', 1},         {L'\u00e4', 2},
                  {L'\u20ac', 3}, {L'\U0001f600', 4}, {0xd800, 1}};

static void try_wcrtomb(struct run *run, void *function)
{
    size_t i = pick(run, 6);
    mbstate_t *state = memset(buffer(run, sizeof *state), 0, sizeof *state);
    note(run, (long long)((size_t(*)(char *, wchar_t, mbstate_t *))function)(
                  buffer(run, characters[i].bytes), characters[i].code, state));
    note(run, (long long)((size_t(*)(char *, wchar_t, mbstate_t *))function)(NULL, 0, state));
}

static void try_wcrtomb_chk(struct run *run, void *function)
{
    size_t i = pick(run, 6);
    mbstate_t state = {0};
    note(run, (long long)((size_t(*)(char *, wchar_t, mbstate_t *, size_t))function)(
                  buffer(run, characters[i].bytes), characters[i].code, &state, SIZE_MAX));
}

static void try_wctomb(struct run *run, void *function)
{
    size_t i = pick(run, 6);
    note(run, ((int (*)(char *, wchar_t))function)(buffer(run, characters[i].bytes),
                                                   characters[i].code));
    note(run, ((int (*)(char *, wchar_t))function)(NULL, 0));
}

static void try_wctomb_chk(struct run *run, void *function)
{
    size_t i = pick(run, 6);
    note(run, ((int (*)(char *, wchar_t, size_t))function)(buffer(run, characters[i].bytes),
                                                           characters[i].code, SIZE_MAX));
}

static struct tm *date_of(struct run *run)
{
    struct tm *date = memset(buffer(run, sizeof *date), 0, sizeof *date);
    date->tm_year = (int)pick(run, 200);
    date->tm_mon = (int)pick(run, 12);
    date->tm_mday = 1 + (int)pick(run, 28);
    return date;
}

#define TRY_DATE(name, character, declared, given, L) \
    static void try_##name(struct run *run, void *function) \
    { \
        locale_t locale = newlocale(LC_ALL_MASK, "C", NULL); \
        size_t most = pick(run, 2) ? pick(run, 40) : 1000, room = most < 64 ? most : 64; \
        character *to = buffer(run, room * sizeof *to); \
        size_t length = ((size_t(*)(character *, size_t, const character *, \
                                    const struct tm *UNPACK declared))function)( \
            to, most, pick(run, 2) ? L##"%A %d.%m.%Y" : L##"%c", date_of(run) UNPACK given); \
        note(run, (long long)length); \
        if (length == 0) { \
            memset(to, 0, room * sizeof *to); /* is then left undefined */ \
        } \
        freelocale(locale); \
    }
TRY_DATE(strftime_l, char, (, locale_t), (, locale), )
TRY_DATE(wcsftime, wchar_t, (), (), L)
TRY_DATE(wcsftime_l, wchar_t, (, locale_t), (, locale), L)

static void try_error(struct run *run, void *function)
{
    int error = (int)pick(run, 3) * 1000 + (int)pick(run, 30);
    size_t most = pick(run, 2) ? 1 + pick(run, 60) : 1000;
    char *to = buffer(run, most < 60 ? most : 60);
    char *text = ((char *(*)(int, char *, size_t))function)(error, to, most);
    note_bytes(run, text, strlen(text));
    note(run, text == to);
}

static void try_error_posix(struct run *run, void *function)
{
    int error = (int)pick(run, 3) * 1000 + (int)pick(run, 30);
    size_t most = pick(run, 2) ? 1 + pick(run, 60) : 1000;
    note(run,
         ((int (*)(int, char *, size_t))function)(error, buffer(run, most < 60 ? most : 60), most));
}

const struct trial multibyte_trials[] = {
    {"mbstowcs", try_to_wide},
    {"__mbstowcs_chk", try_to_wide_chk},
    {"wcstombs", try_from_wide},
    {"__wcstombs_chk", try_from_wide_chk},
    {"mbsrtowcs", try_mbsrtowcs},
    {"__mbsrtowcs_chk", try_mbsrtowcs_chk},
    {"wcsrtombs", try_wcsrtombs},
    {"__wcsrtombs_chk", try_wcsrtombs_chk},
    {"mbsnrtowcs", try_mbsnrtowcs},
    {"__mbsnrtowcs_chk", try_mbsnrtowcs_chk},
    {"wcsnrtombs", try_wcsnrtombs},
    {"__wcsnrtombs_chk", try_wcsnrtombs_chk},
    {"wcrtomb", try_wcrtomb},
    {"__wcrtomb_chk", try_wcrtomb_chk},
    {"wctomb", try_wctomb},
    {"__wctomb_chk", try_wctomb_chk},
    {"strftime_l", try_strftime_l},
    {"__strftime_l", try_strftime_l},
    {"wcsftime", try_wcsftime},
    {"wcsftime_l", try_wcsftime_l},
    {"__wcsftime_l", try_wcsftime_l},
    {"strerror_r", try_error},
    {"__xpg_strerror_r", try_error_posix},
    {NULL, NULL},
};

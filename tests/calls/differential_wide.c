#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "differential.h"

#define CHAR wchar_t
#define CODE wchar_t

static locale_t the_locale(void)
{
    static locale_t locale;
    locale = locale ? locale : newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
    return locale;
}

#include "differential_text.inc"

static long long try_move(void *function, struct scene *s)
{
    wchar_t *(*move)(wchar_t *, const wchar_t *, size_t) = function;
    wchar_t *text = (wchar_t *)s->from;
    size_t by = s->count / 3;
    return place(s, move(text + by, text, s->count - by)) +
           place(s, move(text, text + by, s->count - by));
}

static long long try_set(void *function, struct scene *s)
{
    wchar_t *(*set)(wchar_t *, wchar_t, size_t) = function;
    return place(s, set((wchar_t *)s->from, s->code, s->count));
}

static long long try_set_chk(void *function, struct scene *s)
{
    wchar_t *(*set)(wchar_t *, wchar_t, size_t, size_t) = function;
    return place(s, set((wchar_t *)s->from, s->code, s->count, s->from_bytes / sizeof(wchar_t)));
}

static long long try_find_within(void *function, struct scene *s)
{
    wchar_t *(*find)(const wchar_t *, wchar_t, size_t) = function;
    return place(s, find((wchar_t *)s->from, s->code, s->count));
}

const struct trial wide_trials[] = {
    TEXT_TRIALS("wcs", "wcp"),
    NUMBER_TRIALS("wcs"),
    {"wcswcs", WISH_STRING, sizeof(wchar_t), try_find_part},
    {"wcstok", WISH_STRING, sizeof(wchar_t), try_tokens},
    {"wmemcpy", WISH_BYTES, sizeof(wchar_t), try_copy_within},
    {"wmempcpy", WISH_BYTES, sizeof(wchar_t), try_copy_within},
    {"wmemmove", WISH_BYTES, sizeof(wchar_t), try_copy_within},
    {"wmemmove", WISH_BYTES, sizeof(wchar_t), try_move},
    {"wmemset", WISH_BYTES, sizeof(wchar_t), try_set},
    {"wmemcmp", WISH_BYTES, sizeof(wchar_t), try_compare_within},
    {"wmemchr", WISH_BYTES, sizeof(wchar_t), try_find_within},
    {"__wmemcpy_chk", WISH_BYTES, sizeof(wchar_t), try_copy_within_chk},
    {"__wmempcpy_chk", WISH_BYTES, sizeof(wchar_t), try_copy_within_chk},
    {"__wmemmove_chk", WISH_BYTES, sizeof(wchar_t), try_copy_within_chk},
    {"__wmemset_chk", WISH_BYTES, sizeof(wchar_t), try_set_chk},
    {NULL, WISH_BYTES, 1, NULL},
};

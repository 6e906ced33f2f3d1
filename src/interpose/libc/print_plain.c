#include "interpose/libc/print_plain.h"

#include "interpose/libc/detour.h"
#include "interpose/libc/print_text.h"

int8_t plain_kinds[UCHAR_MAX + 1] = {
    ['-'] = PLAIN_FLAG,    ['+'] = PLAIN_FLAG,   [' '] = PLAIN_FLAG,   ['#'] = PLAIN_FLAG,
    ['0'] = PLAIN_FLAG,    ['1'] = PLAIN_FLAG,   ['2'] = PLAIN_FLAG,   ['3'] = PLAIN_FLAG,
    ['4'] = PLAIN_FLAG,    ['5'] = PLAIN_FLAG,   ['6'] = PLAIN_FLAG,   ['7'] = PLAIN_FLAG,
    ['8'] = PLAIN_FLAG,    ['9'] = PLAIN_FLAG,   ['\''] = PLAIN_FLAG,  ['*'] = PLAIN_STAR,
    ['.'] = PLAIN_POINT,   ['h'] = PLAIN_LENGTH, ['l'] = PLAIN_LENGTH, ['z'] = PLAIN_LENGTH,
    ['j'] = PLAIN_LENGTH,  ['t'] = PLAIN_LENGTH, ['d'] = PLAIN_VALUE,  ['i'] = PLAIN_VALUE,
    ['o'] = PLAIN_VALUE,   ['u'] = PLAIN_VALUE,  ['x'] = PLAIN_VALUE,  ['X'] = PLAIN_VALUE,
    ['c'] = PLAIN_VALUE,   ['p'] = PLAIN_VALUE,  ['s'] = PLAIN_STRING, ['e'] = PLAIN_DOUBLE,
    ['E'] = PLAIN_DOUBLE,  ['f'] = PLAIN_DOUBLE, ['F'] = PLAIN_DOUBLE, ['g'] = PLAIN_DOUBLE,
    ['G'] = PLAIN_DOUBLE,  ['a'] = PLAIN_DOUBLE, ['A'] = PLAIN_DOUBLE, ['%'] = PLAIN_NOTHING,
    ['m'] = PLAIN_NOTHING,
};

/* Arguments of a call, and how far they were taken. */
struct list {
    const uint64_t *next, *end, *rest; /* from next to end, then from rest on */
    unsigned doubles;                  /* in vector registers that are left */
};

static ALWAYS_INLINE uint64_t take(struct list *list)
{
    if (UNLIKELY(list->next == list->end)) {
        list->next = list->rest;
        list->end = NULL;
    }
    return *list->next++;
}

/* Which strings in the heap are plain. */
struct strings {
    bool by_call;        /* may be given to strnlen(): no argument is in a vector register */
    uintptr_t low, high; /* none in [low, high) */
};

/* The words that are looked at where strnlen() may not be called. */
enum { NEAR_WORDS = 8 };

static bool ends_near(const char *text, size_t room)
{
    if ((uintptr_t)text % OS_PAGE > OS_PAGE - NEAR_WORDS * STRING_WORD) {
        return false;
    }
    for (size_t at = 0; at < NEAR_WORDS * STRING_WORD && room - at >= STRING_WORD;
         at += STRING_WORD) {
        if (string_word_ends(string_word(text + at)) != 0) {
            return true;
        }
    }
    return false;
}

/* `most`: as many bytes are read at most. */
static ALWAYS_INLINE bool string_is_plain(const struct strings *strings, const char *text,
                                          size_t most)
{
    struct bounds bounds;
    if (!call_concerns(text)) {
        return true;
    }
    if (UNLIKELY((uintptr_t)text - strings->low < strings->high - strings->low) ||
        UNLIKELY(!call_bounds_near(text, &bounds))) {
        return false;
    }
    return bounds.room >= most || string_ends_last(text, bounds.room) ||
           (strings->by_call ? libc_strnlen(text, bounds.room) < bounds.room
                             : ends_near(text, bounds.room));
}

/* Behind the '.'. NULL: too large a number. */
static ALWAYS_INLINE const char *read_precision(const char *at, struct list *list, size_t *out)
{
    if (*at == '*') {
        int given = (int)take(list);
        *out = given < 0 ? SIZE_MAX : (size_t)given;
        return at + 1;
    }
    for (*out = 0; (unsigned char)(*at - '0') < 10; at++) {
        *out = 10 * *out + (size_t)(*at - '0');
        if (*out > INT_MAX) {
            return NULL;
        }
    }
    return at;
}

/* The conversion behind a length. NULL: one to which that gives another type, or none. */
static ALWAYS_INLINE const char *behind_length(const char *at)
{
    char length = *at++;
    if (*at == length && (length == 'l' || length == 'h')) {
        return kind_at(at + 1) == PLAIN_VALUE ? at + 1 : NULL;
    }
    return kind_at(at) == PLAIN_VALUE || kind_at(at) == PLAIN_DOUBLE ? at : NULL;
}

/* The conversion of a directive that does not begin with it. NULL: not plain. `most` is changed if
 * there is a precision. */
static ALWAYS_INLINE const char *find_conversion(const char *at, struct list *list, size_t *most)
{
    while (kind_at(at) == PLAIN_FLAG) {
        at++;
    }
    if (kind_at(at) == PLAIN_STAR) {
        (void)take(list);
        at++;
    }
    if (kind_at(at) == PLAIN_POINT) {
        at = read_precision(at + 1, list, most);
        if (!at) {
            return NULL;
        }
    }
    return kind_at(at) == PLAIN_LENGTH ? behind_length(at) : at;
}

/* Behind the directive at a '%'. NULL: not plain. */
static ALWAYS_INLINE const char *directive_is_plain(const char *at, struct list *list,
                                                    const struct strings *strings)
{
    size_t most = SIZE_MAX;
    at++;
    if (kind_at(at) < PLAIN_VALUE) {
        at = find_conversion(at, list, &most);
        if (UNLIKELY(!at)) {
            return NULL;
        }
    }
    switch (kind_at(at)) {
    case PLAIN_VALUE:
        (void)take(list);
        return at + 1;
    case PLAIN_STRING:
        return string_is_plain(strings, (const char *)take(list), most) ? at + 1 : NULL;
    case PLAIN_DOUBLE:
        return list->doubles-- > 0 ? at + 1 : NULL;
    case PLAIN_NOTHING:
        return at + 1;
    default:
        return NULL;
    }
}

static ALWAYS_INLINE bool rest_is_plain(const char *at, struct list list,
                                        const struct strings *strings)
{
    for (;;) {
        if (UNLIKELY(!text_skip_bytes(&at))) {
            at = text_skip_literal(at);
        }
        if (*at == '\0') {
            return true;
        }
        at = directive_is_plain(at, &list, strings);
        if (UNLIKELY(!at)) {
            return false;
        }
    }
}

bool print_look_well(const char *at, const uint64_t *next, const uint64_t *end, unsigned doubles)
{
    const struct strings strings = {.by_call = !call_has_vectors(end)};
    struct list list = {
        .next = next, .end = end, .rest = end + CALL_WORDS_BETWEEN, .doubles = doubles};
    return string_is_plain(&strings, at, SIZE_MAX) && rest_is_plain(at, list, &strings);
}

/* Of a list: offsets into its saved registers. */
enum { INTEGERS_END = 48, DOUBLES_END = 176, DOUBLE_BYTES = 16 };

bool print_list_is_plain(const char *format, va_list arguments, uintptr_t low, uintptr_t high)
{
    const struct strings strings = {.by_call = true, .low = low, .high = high};
    const char *saved = arguments->reg_save_area;
    struct list list = {.next = arguments->overflow_arg_area};
    if (UNLIKELY(call_range.bytes == 0)) { /* intercept=off */
        return true;
    }
    if (LIKELY(arguments->gp_offset < INTEGERS_END)) {
        list.rest = list.next;
        list.next = (const uint64_t *)(saved + arguments->gp_offset);
        list.end = (const uint64_t *)(saved + INTEGERS_END);
    }
    if (LIKELY(arguments->fp_offset < DOUBLES_END)) {
        list.doubles = (DOUBLES_END - arguments->fp_offset) / DOUBLE_BYTES;
    }
    return LIKELY(format != NULL) && string_is_plain(&strings, format, SIZE_MAX) &&
           rest_is_plain(format, list, &strings);
}

void print_forget_plain(void)
{
    for (size_t i = 0; i < sizeof plain_kinds; i++) {
        plain_kinds[i] = NOT_PLAIN;
    }
}

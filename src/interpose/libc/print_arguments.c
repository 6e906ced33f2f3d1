#include "interpose/libc/print_arguments.h"

#include <errno.h>
#include <printf.h>

#include "base/print_format.h"
#include "interpose/libc/print_plain.h"
#include "interpose/libc/stream.h"

enum { MOST_POSITIONS = 32 }; /* with more no argument is judged */

union argument {
    int integer;
    long number;
    const void *pointer;
};

/* A list that can be handed on by address, which a va_list parameter cannot. */
struct arguments {
    va_list list;
};

/* Conversions that the program registered take arguments as they please. */
static bool are_custom;

static void forget_types(void)
{
    are_custom = true;
    print_forget_plain();
}

static union argument fetch(struct arguments *arguments, enum print_value value)
{
    union argument got = {.number = 0};
    switch (value) {
    case PRINT_NOTHING:
        break;
    case PRINT_INT:
        got.integer = va_arg(arguments->list, int);
        break;
    case PRINT_LONG:
        got.number = va_arg(arguments->list, long);
        break;
    case PRINT_DOUBLE:
        (void)va_arg(arguments->list, double);
        break;
    case PRINT_LONG_DOUBLE:
        (void)va_arg(arguments->list, long double);
        break;
    case PRINT_STRING:
    case PRINT_WIDE_STRING:
    case PRINT_COUNT:
        got.pointer = va_arg(arguments->list, const void *);
        break;
    }
    return got;
}

/* A multibyte string that becomes wide characters, `precision` at most. */
static void judge_widened(const struct call *call, const char *text, int precision)
{
    size_t room = call_room(call, text), used = 0;
    mbstate_t state = {0};
    int saved = errno;
    for (; precision > 0 && room != SIZE_MAX; precision--) {
        wchar_t character;
        size_t bytes = used < room ? mbrtowc(&character, text + used, room - used, &state)
                                   : (size_t)-2; /* there is more to it */
        if (bytes == (size_t)-2) {
            call_reads(call, text, room + 1);
        }
        if (bytes == 0 || bytes >= (size_t)-2) {
            break;
        }
        used += bytes;
    }
    errno = saved;
}

/* Wide characters that become a multibyte string of `precision` bytes at most. */
static void judge_narrowed(const struct call *call, const wchar_t *text, int precision)
{
    size_t room = call_room(call, text) / sizeof *text, used = 0;
    mbstate_t state = {0};
    int saved = errno;
    for (size_t made = 0; made < (size_t)precision && room != SIZE_MAX / sizeof *text; used++) {
        if (used == room) {
            call_reads(call, text, (room + 1) * sizeof *text);
            break;
        }
        char bytes[MB_LEN_MAX];
        size_t count = text[used] ? wcrtomb(bytes, text[used], &state) : (size_t)-1;
        if (count == (size_t)-1) {
            break;
        }
        made += count;
    }
    errno = saved;
}

/* precision -1: up to the terminator. */
static void judge_narrow(const struct print *print, const char *text, int precision)
{
    if (precision < 0) {
        text_judge(print->call, text);
    } else if (print->wide) {
        judge_widened(print->call, text, precision);
    } else {
        (void)call_reads_string_within(print->call, text, (size_t)precision);
    }
}

static void judge_wide(const struct print *print, const wchar_t *text, int precision)
{
    if (precision < 0) {
        wide_text_judge(print->call, text);
    } else if (print->wide) {
        (void)call_reads_wide_within(print->call, text, (size_t)precision);
    } else {
        judge_narrowed(print->call, text, precision);
    }
}

static void note_place(struct print *print, const void *text)
{
    print->reads_its_text |= (uintptr_t)text - print->low < print->high - print->low;
}

static void judge(struct print *print, const struct print_directive *directive,
                  union argument value, int precision)
{
    if (!call_concerns(value.pointer) || directive->value < PRINT_STRING) {
        return;
    }
    if (directive->value == PRINT_COUNT) {
        call_writes(print->call, value.pointer, directive->count_bytes);
        return;
    }
    note_place(print, value.pointer);
    if (directive->value == PRINT_STRING) {
        judge_narrow(print, value.pointer, precision);
    } else {
        judge_wide(print, value.pointer, precision);
    }
}

static void judge_directive(struct print *print, const struct print_directive *directive,
                            struct arguments *arguments)
{
    int precision = directive->precision;
    if (directive->width_argument == ARGUMENT_NEXT) {
        (void)fetch(arguments, PRINT_INT);
    }
    if (directive->precision_argument == ARGUMENT_NEXT) {
        precision = fetch(arguments, PRINT_INT).integer;
    }
    if (directive->value_argument == ARGUMENT_NEXT) {
        judge(print, directive, fetch(arguments, directive->value), precision);
    }
}

static bool has_position(const struct print_directive *directive)
{
    return directive->width_argument > 0 || directive->precision_argument > 0 ||
           directive->value_argument > 0;
}

/* False if the first of all is given by position: then none was taken. */
static bool judge_in_turn(struct print *print, struct arguments *arguments)
{
    struct format_text text = {.next = print->format, .wide = print->wide};
    struct print_directive directive;
    bool any = false;
    while (print_format_next(&text, &directive) == FORMAT_DIRECTIVE) {
        if (UNLIKELY(has_position(&directive))) {
            return any; /* a mixture has no meaning */
        }
        judge_directive(print, &directive, arguments);
        any |= directive.value_argument == ARGUMENT_NEXT;
    }
    return true;
}

/* The types of arguments that are given by position. */
struct positions {
    int count;
    enum print_value types[MOST_POSITIONS]; /* from position 1 on; PRINT_NOTHING: not yet known */
};

static bool note_type(struct positions *positions, int position, enum print_value type)
{
    if (position == ARGUMENT_NONE) {
        return true;
    }
    if (position == ARGUMENT_NEXT || position > MOST_POSITIONS) {
        return false;
    }
    enum print_value *known = &positions->types[position - 1];
    if (*known != PRINT_NOTHING && *known != type) {
        return false;
    }
    *known = type;
    positions->count = position > positions->count ? position : positions->count;
    return true;
}

/* False if one is not known, and with it where the ones behind it are. */
static bool find_types(const struct print *print, struct positions *out)
{
    struct format_text text = {.next = print->format, .wide = print->wide};
    struct print_directive directive;
    enum format_step step;
    while ((step = print_format_next(&text, &directive)) == FORMAT_DIRECTIVE) {
        if (!note_type(out, directive.width_argument, PRINT_INT) ||
            !note_type(out, directive.precision_argument, PRINT_INT) ||
            !note_type(out, directive.value_argument, directive.value)) {
            return false;
        }
    }
    for (int i = 0; i < out->count; i++) {
        if (out->types[i] == PRINT_NOTHING) {
            return false;
        }
    }
    return step == FORMAT_END;
}

static void judge_by_position(struct print *print, struct arguments *arguments)
{
    struct positions positions = {.count = 0};
    union argument values[MOST_POSITIONS];
    if (!find_types(print, &positions)) {
        return;
    }
    for (int i = 0; i < positions.count; i++) {
        values[i] = fetch(arguments, positions.types[i]);
    }
    struct format_text text = {.next = print->format, .wide = print->wide};
    struct print_directive directive;
    while (print_format_next(&text, &directive) == FORMAT_DIRECTIVE) {
        int from = directive.precision_argument;
        int precision = from > 0 ? values[from - 1].integer : directive.precision;
        if (directive.value_argument > 0) {
            judge(print, &directive, values[directive.value_argument - 1], precision);
        }
    }
}

static void judge_format(const struct print *print)
{
    if (print->wide) {
        wide_text_judge(print->call, print->format);
    } else {
        text_judge(print->call, print->format);
    }
}

void print_judge_arguments(struct print *print, va_list arguments)
{
    if (UNLIKELY(are_custom || !calls_are_judged() || !print->format)) {
        return;
    }
    if (!print->wide && print_list_is_plain(print->format, arguments, print->low, print->high)) {
        return;
    }
    judge_format(print);
    struct arguments copy;
    va_copy(copy.list, arguments);
    if (UNLIKELY(!judge_in_turn(print, &copy))) {
        judge_by_position(print, &copy);
    }
    va_end(copy.list);
}

EXPORTED int register_printf_function(int conversion, printf_function *function,
                                      printf_arginfo_function *arguments)
{
    forget_types();
    return libc_register_printf_function(conversion, function, arguments);
}

EXPORTED int register_printf_specifier(int conversion, printf_function *function,
                                       printf_arginfo_size_function *arguments)
{
    forget_types();
    return libc_register_printf_specifier(conversion, function, arguments);
}

EXPORTED int register_printf_modifier(const wchar_t *text)
{
    forget_types();
    return libc_register_printf_modifier(text);
}

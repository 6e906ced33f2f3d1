#include "base/print_format.h"

static void skip_flags(struct format_text *text)
{
    for (;;) {
        switch (format_peek(text)) {
        case '-':
        case '+':
        case ' ':
        case '#':
        case '0':
        case '\'':
        case 'I':
            format_skip(text);
            break;
        default:
            return;
        }
    }
}

/* Behind a '*': a position, or the next argument. */
static int star_argument(struct format_text *text)
{
    return format_position(text); /* 0 is ARGUMENT_NEXT */
}

static bool read_width(struct format_text *text, struct print_directive *out)
{
    int width;
    out->width_argument = ARGUMENT_NONE;
    if (format_accept(text, '*')) {
        out->width_argument = star_argument(text);
        return true;
    }
    return !format_at_digit(text) || format_number(text, &width);
}

static bool read_precision(struct format_text *text, struct print_directive *out)
{
    out->precision = -1;
    out->precision_argument = ARGUMENT_NONE;
    if (!format_accept(text, '.')) {
        return true;
    }
    if (format_accept(text, '*')) {
        out->precision_argument = star_argument(text);
        return true;
    }
    return format_number(text, &out->precision);
}

/* "l" before a string or a character makes it wide; nothing else has a meaning there. */
static bool read_text(enum format_length length, enum print_value narrow, enum print_value wide,
                      enum print_value *out)
{
    *out = length == LENGTH_LONG ? wide : narrow;
    return length == LENGTH_NONE || length == LENGTH_LONG;
}

static bool read_conversion(uint32_t conversion, enum format_length length,
                            struct print_directive *out)
{
    switch (conversion) {
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        out->value = length >= LENGTH_LONG ? PRINT_LONG : PRINT_INT;
        return true;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        out->value = length == LENGTH_LONG_LONG ? PRINT_LONG_DOUBLE : PRINT_DOUBLE;
        return true;
    case 'c':
        return read_text(length, PRINT_INT, PRINT_INT, &out->value);
    case 's':
        return read_text(length, PRINT_STRING, PRINT_WIDE_STRING, &out->value);
    case 'C':
        out->value = PRINT_INT;
        return length == LENGTH_NONE;
    case 'S':
        out->value = PRINT_WIDE_STRING;
        return length == LENGTH_NONE;
    case 'p':
        out->value = PRINT_LONG;
        return length == LENGTH_NONE;
    case 'n':
        out->value = PRINT_COUNT;
        out->count_bytes = format_integer_bytes(length);
        return true;
    case 'm':
        out->value = PRINT_NOTHING;
        out->value_argument = ARGUMENT_NONE;
        return length == LENGTH_NONE;
    default:
        return false;
    }
}

enum format_step print_format_next(struct format_text *text, struct print_directive *out)
{
    if (!format_skip_past(text, '%')) {
        return FORMAT_END;
    }
    out->count_bytes = 0;
    if (format_accept(text, '%')) {
        out->value = PRINT_NOTHING;
        out->precision = -1;
        out->width_argument = out->precision_argument = out->value_argument = ARGUMENT_NONE;
        return FORMAT_DIRECTIVE;
    }
    out->value_argument = format_position(text); /* 0 is ARGUMENT_NEXT */
    skip_flags(text);
    if (!read_width(text, out) || !read_precision(text, out)) {
        return FORMAT_UNKNOWN;
    }
    enum format_length length = format_length(text);
    uint32_t conversion = format_peek(text);
    if (!read_conversion(conversion, length, out)) {
        return FORMAT_UNKNOWN;
    }
    format_skip(text);
    return FORMAT_DIRECTIVE;
}
